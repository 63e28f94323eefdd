//! Takes a product out of the catalogue.

use axum::extract::State;
use domain::{catalog::CatalogItem, exchange::Instrument, identity::Role};
use events::{CatalogItemChanged, Event};
use futures::future::try_join_all;
use http::StatusCode;
use kernel::{CatalogItemId, codes};
use platform::{Access, App, Caller, Function, Grant, Http, Now, Path, Problem, retry::Policy};
use store::{Read, Table, Write, catalog::ItemError};
use utoipa_axum::routes;

use crate::{
    problems,
    staff::{self, ItemChange},
};

const PATH: &str = "/v1/catalog/{itemId}";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "delete_item",
    Http::delete(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .problems(&[codes::CATALOG_ITEM_NOT_FOUND, codes::ITEM_HAS_ORDERS]),
)
.grants(&[
    Grant::table(Table::Catalog).get().update().delete(),
    Grant::table(Table::Exchange).batch_get().query().update().check(),
    Grant::table(Table::Operation).put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[CatalogItemChanged::KIND]);

/// How often a deletion is tried again on an item, or order books, that changed meanwhile.
const DELETE: Policy = Policy::named("delete-item", 4);

/// Takes a product out of the catalogue
///
/// Refused while an order rests on any of its options. Afterwards the item is gone from every
/// list, and its model number is free.
#[utoipa::path(
    delete,
    path = PATH,
    params(("itemId" = String, Path, format = Uuid, description = "The item")),
    responses((status = 204, description = "Deleted"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<CatalogItemId>,
) -> Result<StatusCode, Problem> {
    let mut attempts = DELETE.attempts();
    while attempts.again() {
        let item = app.store.catalog_item(id, Read::Consistent).await?;
        let item = item.ok_or_else(problems::item_not_found)?;
        let closed = close_books(&app, &item).await?.ok_or_else(has_orders)?;
        let change = ItemChange { item: id, before: staff::told(&item), after: String::new() };
        let act = staff::act(&app, &caller, change, now);
        match app.store.catalog_delete(&item, closed, &act, now).await {
            Ok(()) => return Ok(StatusCode::NO_CONTENT),
            Err(ItemError::Store(error)) => return Err(error.into()),
            // Another option, another tag, a new name, a new order: look again.
            Err(ItemError::Stale | ItemError::ModelTaken) => {}
        }
    }
    Err(attempts.exhausted().into())
}

/// What closes the books of all options if no order comes meanwhile; `None` while one rests.
async fn close_books(app: &App, item: &CatalogItem) -> Result<Option<Vec<Write>>, Problem> {
    let instruments =
        item.options.iter().map(|option| Instrument { item: item.id, option: *option });
    let books = instruments.map(|instrument| app.store.live_orders(instrument));
    let books = try_join_all(books).await?;
    let closed: Option<Vec<_>> = books.into_iter().collect();
    Ok(closed.map(|books| books.into_iter().flatten().collect()))
}

fn has_orders() -> Problem {
    let detail = "Orders rest on options of this item. They must end first.";
    Problem::new(codes::ITEM_HAS_ORDERS, detail)
}

#[cfg(test)]
mod tests;
