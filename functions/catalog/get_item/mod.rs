//! A product of the catalogue.

use axum::{Json, extract::State, response::IntoResponse};
use kernel::{CatalogItemId, codes};
use platform::{Access, App, Function, Grant, Http, Path, Problem, etag};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{problems, view::CatalogItemView};

const PATH: &str = "/v1/catalog/{itemId}";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "get_item",
    Http::get(PATH, || routes!(handle))
        .access(Access::Public)
        .problems(&[codes::CATALOG_ITEM_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Catalog).get()])
.timeout_s(5);

/// Shows a product of the catalogue
///
/// With its options and tags. The `ETag` is what `If-Match` of an edit takes.
#[utoipa::path(
    get,
    path = PATH,
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
