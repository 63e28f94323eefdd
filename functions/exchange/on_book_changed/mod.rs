//! The stream of the book — counts the price that changed, and looks for the best ones.

use domain::exchange::Price;
use events::{Event, PriceFell};
use kernel::Won;
use platform::{App, Failure, Function, Grant, Stream, stream::Change};
use store::{Item, ItemReader, Key, Table, keys};

pub const FUNCTION: Function = Function::stream(
    "exchange",
    "on_book_changed",
    "Keeps depth and best prices",
    Stream::new(Table::Exchange, |app, change| Box::pin(handle(app, change)))
        .pk_prefix(keys::BOOK_PREFIX),
)
.grants(&[Grant::table(Table::Exchange).get().query().update(), Grant::table(Table::Outbox).put()])
.tells(&[PriceFell::KIND])
.memory_mb(512)
.timeout_s(30);

/// The record says where to look, never what is there: it may be old, or come again.
async fn handle(app: App, change: Change) -> Result<(), Failure> {
    let Some(row) = change.new.as_ref().or(change.old.as_ref()) else { return Ok(()) };
    // Some engines report a write that changed nothing.
    if change.old == change.new {
        return Ok(());
    }
    let key = Key::of(row).ok_or_else(|| Failure::new("a row of the book without a key"))?;
    let side = keys::side_at(&key.pk, keys::BOOK_PREFIX);
    let side = side.ok_or_else(|| Failure::new(format!("a book {}", key.pk)))?;
    app.store.depth_recount(side, price(row)?, change.now).await?;
    app.store.quotes_refresh(side.instrument, change.now).await?;
    Ok(())
}

fn price(row: &Item) -> Result<Price, Failure> {
    let won: Won = ItemReader(row).won("price")?;
    Ok(Price::new(won)?)
}

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
