//! Queue, PriceReached — tells a user that a price they waited for is reached.

use domain::notification::price_reached;
use events::{Event, PriceReached};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

use crate::notify::notify;

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_price_reached",
    "Tells a user that a price they waited for is reached",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[PriceReached::KIND]),
)
.grants(&[Grant::table(Table::Notification).put()])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, reached) = message.event::<PriceReached>()?;
    let PriceReached { user_id, item_id, title, price, wanted, .. } = reached;
    let notice = price_reached(item_id, &title, price, wanted);
    notify(&app, &event, user_id, notice).await
}

#[cfg(test)]
mod tests;
