//! Queue, TradeMatched — tells buyer and seller that their orders met.

use events::{Event, TradeMatched};
use platform::{App, Failure, Function, Grant, Queue, queue::Message};
use store::Table;

use crate::notify::{notify_all, sale};

pub const FUNCTION: Function = Function::queue(
    "notification",
    "on_trade_matched",
    "Tells buyer and seller that their orders met",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeMatched::KIND]),
)
.grants(&[Grant::table(Table::Notification).put()])
.timeout_s(20);

async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (event, TradeMatched { trade, total, .. }) = message.event::<TradeMatched>()?;
    let sale = sale(&trade, None);
    let told = vec![(trade.buyer_id, sale.bought(total)), (trade.seller_id, sale.sold())];
    notify_all(&app, &event, told).await
}

#[cfg(test)]
mod tests;
