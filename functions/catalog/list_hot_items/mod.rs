//! The most traded products.

use axum::extract::State;
use platform::{Access, App, Function, Grant, Http, Problem, Reply};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::view::HotItemView;

const PATH: &str = "/v1/catalog/hot";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "list_hot_items",
    Http::get(PATH, || routes!(handle)).access(Access::Public),
)
.grants(&[Grant::table(Table::Catalog).query(), Grant::table(Table::Exchange).batch_get()])
.timeout_s(5);

/// How many there are on the list.
const ITEMS_MAX: u32 = 20;

/// The most traded products, the first of them the most.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HotItems {
    items: Vec<HotItemView>,
}

/// Lists the most traded products
///
/// At most 20, by completed trades; of equals the newer comes first. An item without trades is not
/// hot.
#[utoipa::path(
    get,
    path = PATH,
    responses((status = 200, body = HotItems, description = "The list"))
)]
async fn handle(State(app): State<App>) -> Result<Reply, Problem> {
    let items = app.store.catalog_hot(ITEMS_MAX).await?;
    let asks = app.store.lowest_asks(&items).await?;
    let views = items.iter().zip(asks).map(|(item, ask)| HotItemView::new(item, ask));
    Reply::ok(&HotItems { items: views.collect() })
}

#[cfg(test)]
mod tests;
