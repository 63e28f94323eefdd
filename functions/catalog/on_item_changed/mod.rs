//! `CatalogItemChanged` — brings what a search finds an item by up to date.

use events::{CatalogItemChanged, Event};
use platform::{App, Failure, Function, Grant, Queue, queue::Message, retry::Policy};
use store::Table;

pub const FUNCTION: Function = Function::queue(
    "catalog",
    "on_item_changed",
    "Brings the search index up to date with an item",
    Queue::new(|app, message| Box::pin(handle(app, message)))
        .events(&[CatalogItemChanged::KIND])
        .batch_size(5),
)
.grants(&[Grant::table(Table::Catalog).get().put().update().delete().check()])
.timeout_s(30);

/// Written and looked at once is two rounds; the others are for changes on the way.
const INDEX: Policy = Policy::named("catalog-index", 6);

/// The version that the event names does not matter: the item as it stands is what counts, so a
/// late message changes nothing.
async fn handle(app: App, message: Message) -> Result<(), Failure> {
    let (_, changed) = message.event::<CatalogItemChanged>()?;
    let mut attempts = INDEX.attempts();
    while attempts.again() {
        if app.store.catalog_index(changed.item_id).await? {
            return Ok(());
        }
    }
    Err(Failure::new(format!("item {}: {}", changed.item_id, attempts.exhausted())))
}

#[cfg(test)]
mod tests;
