//! Queue, TradeMatched — tells buyer and seller that their orders met.

use events::{Event, TradeMatched};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message};
use store::Table;

use crate::tell::{sale, tell_all};

pub const FUNCTION: Function = Function {
    context: "notification",
    name: "on_trade_matched",
    summary: "Tells buyer and seller that their orders met",
    trigger: Trigger::Queue(Queue {
        queue: "notify-trade-matched",
        events: &[TradeMatched::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::table(Table::Notification, &["dynamodb:PutItem"])],
    memory_mb: 256,
    timeout_s: 20,
};

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, TradeMatched { trade, total, .. }) = message.event::<TradeMatched>()?;
    let sale = sale(&trade, None);
    let told = vec![(trade.buyer_id, sale.bought(total)), (trade.seller_id, sale.sold())];
    tell_all(&app, &event, told).await
}

#[cfg(test)]
mod tests;
