//! GET /v1/catalog/{itemId} — a product of the catalogue.

use axum::{Json, extract::State, response::IntoResponse};
use kernel::{CatalogItemId, codes};
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem, Trigger,
    etag,
};
use store::{Read, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{problems, view::CatalogItemView};

pub const FUNCTION: Function = Function {
    context: "catalog",
    name: "get_item",
    summary: "Shows a product of the catalogue",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/catalog/{itemId}",
        access: Access::Public,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::CATALOG_ITEM_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Catalog, &["dynamodb:GetItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Shows a product of the catalogue
///
/// With its options and tags. The `ETag` is what `If-Match` of an edit takes.
#[utoipa::path(
    get,
    path = "/v1/catalog/{itemId}",
    params(("itemId" = String, Path, format = Uuid, description = "The item")),
    responses((
        status = 200,
        description = "The item",
        body = CatalogItemView,
        headers(("ETag" = String, description = "The version, like `\"4\"`")),
    )),
)]
async fn handle(
    State(app): State<App>,
    Path(item): Path<CatalogItemId>,
) -> Result<impl IntoResponse, Problem> {
    let item = app.store.catalog_item(item, Read::Consistent).await?;
    let item = item.ok_or_else(problems::item_not_found)?;
    Ok((etag(item.version), Json(CatalogItemView::from(&item))))
}

#[cfg(test)]
mod tests;
