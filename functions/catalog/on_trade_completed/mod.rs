//! `TradeCompleted` — counts the trades of the exchange, item by item.

use events::{Event, TradeCompleted};
use platform::{App, Failure, Function, Grant, Queue, queue::Message, retry::Policy};
use store::{Read, Table, catalog::Counting};

pub const FUNCTION: Function = Function::queue(
    "catalog",
    "on_trade_completed",
    "Counts the completed trades of a product",
    Queue::new(|app, message| Box::pin(handle(app, message))).events(&[TradeCompleted::KIND]),
)
.grants(&[Grant::table(Table::Catalog).get().put().update()]);

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
