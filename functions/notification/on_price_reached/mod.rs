//! Queue, PriceReached — tells a user that a price they waited for is reached.

use domain::notification::price_reached;
use events::{Event, PriceReached};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message};
use store::Table;

use crate::tell::tell;

pub const FUNCTION: Function = Function {
    context: "notification",
    name: "on_price_reached",
    summary: "Tells a user that a price they waited for is reached",
    trigger: Trigger::Queue(Queue {
        queue: "notify-price-reached",
        events: &[PriceReached::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::table(Table::Notification, &["dynamodb:PutItem"])],
    memory_mb: 256,
    timeout_s: 20,
};

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, reached) = message.event::<PriceReached>()?;
    let PriceReached { user_id, item_id, title, price, wanted, .. } = reached;
    let notice = price_reached(item_id, &title, price, wanted);
    tell(&app, &event, user_id, notice).await
}

#[cfg(test)]
mod tests;
