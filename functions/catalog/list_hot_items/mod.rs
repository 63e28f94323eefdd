//! GET /v1/catalog/hot — the most traded products.

use axum::extract::State;
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, Method, Problem, Reply, Trigger,
};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::view::HotItemView;

pub const FUNCTION: Function = Function {
    context: "catalog",
    name: "list_hot_items",
    summary: "Lists the most traded products",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/catalog/hot",
        access: Access::Public,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Catalog, &["dynamodb:Query"])],
    memory_mb: 256,
    timeout_s: 5,
};

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
/// At most 20, by completed trades; of equals the newer comes first. Items without trades fill
/// the list.
#[utoipa::path(
    get,
    path = "/v1/catalog/hot",
    responses((status = 200, body = HotItems, description = "The list"))
)]
async fn handle(State(app): State<App>) -> Result<Reply, Problem> {
    let items = app.store.catalog_hot(ITEMS_MAX).await?;
    Reply::ok(&HotItems { items: items.iter().map(HotItemView::from).collect() })
}

#[cfg(test)]
mod tests;
