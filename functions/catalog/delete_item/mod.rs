//! DELETE /v1/catalog/{itemId} — takes a product out of the catalogue.

use axum::extract::State;
use domain::{catalog::CatalogItem, identity::Role};
use futures::future::try_join_all;
use http::StatusCode;
use kernel::{CatalogItemId, codes};
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path, Problem,
    Trigger, retry::Policy,
};
use store::{Read, Table, Write, catalog::ItemError};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problems;

pub const FUNCTION: Function = Function {
    context: "catalog",
    name: "delete_item",
    summary: "Takes a product out of the catalogue",
    trigger: Trigger::Http(Http {
        method: Method::Delete,
        path: "/v1/catalog/{itemId}",
        access: Access::Role(Role::Admin),
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::CATALOG_ITEM_NOT_FOUND, codes::ITEM_HAS_ORDERS],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(
            Table::Catalog,
            &["dynamodb:GetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        ),
        Grant::table(
            Table::Exchange,
            &["dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
        ),
        Grant::table(Table::Outbox, &["dynamodb:PutItem"]),
    ],
    memory_mb: 256,
    timeout_s: 10,
};

/// How often a deletion is tried again on an item, or order books, that changed meanwhile.
const DELETE: Policy = Policy::named("delete-item", 4);

/// Takes a product out of the catalogue
///
/// Refused while an order rests on any of its options. Afterwards the item is gone from every
/// list, and its model number is free.
#[utoipa::path(
    delete,
    path = "/v1/catalog/{itemId}",
    params(("itemId" = String, Path, format = Uuid, description = "The item")),
    responses((status = 204, description = "Deleted"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path(id): Path<CatalogItemId>,
) -> Result<StatusCode, Problem> {
    let mut attempts = DELETE.attempts();
    while attempts.again() {
        let item = app.store.catalog_item(id, Read::Consistent).await?;
        let item = item.ok_or_else(problems::item_not_found)?;
        let closed = close_books(&app, &item).await?.ok_or_else(has_orders)?;
        match app.store.catalog_delete(&item, closed, now).await {
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
    let books = item.options.iter().map(|option| app.store.live_orders((item.id, *option)));
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
