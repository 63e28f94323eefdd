//! `TradeCompleted` — counts the trades of the exchange, item by item.

use events::{Event, TradeCompleted};
use platform::{App, Failure, Function, Grant, Queue, Trigger, queue::Message, retry::Policy};
use store::{Read, Table, catalog::Counting};

pub const FUNCTION: Function = Function {
    context: "catalog",
    name: "on_trade_completed",
    summary: "Counts the completed trades of a product",
    trigger: Trigger::Queue(Queue {
        queue: "count-catalog-trade",
        events: &[TradeCompleted::KIND],
        batch_size: 10,
        max_receive_count: 5,
        handle: |app, message| Box::pin(handle(app, message)),
    }),
    grants: &[Grant::table(
        Table::Catalog,
        &["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    )],
    memory_mb: 256,
    timeout_s: 10,
};

/// A whole batch may be of one item: each of them waits for the others once.
const COUNT: Policy = Policy::named("count-completed-trade", 12);

/// Sales of auctions are no concern of the catalogue. An item that is deleted meanwhile is on no
/// list that the count could move it on.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, completed) = message.event::<TradeCompleted>()?;
    let Some(exchange) = completed.trade.exchange else { return Ok(()) };
    let mut attempts = COUNT.attempts();
    while attempts.again() {
        let item = app.store.catalog_item(exchange.item_id, Read::Consistent).await?;
        let Some(item) = item else { return Ok(()) };
        let trade = completed.trade.trade_id;
        match app.store.catalog_count(&item, trade, message.now).await? {
            Counting::Counted => return Ok(()),
            Counting::Overtaken => {}
        }
    }
    Err(Failure::new(format!("item {}: {}", exchange.item_id, attempts.exhausted())))
}

#[cfg(test)]
mod tests;
