//! Takes a tag off a product.

use axum::extract::State;
use domain::{catalog::Tag, identity::Role};
use http::StatusCode;
use kernel::{CatalogItemId, codes};
use platform::{Access, App, Caller, Function, Grant, Http, Now, Path, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::{
    problems,
    staff::{self, ItemChange},
};

const PATH: &str = "/v1/catalog/{itemId}/tags/{tag}";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "unlink_tag",
    Http::delete(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .problems(&[codes::CATALOG_ITEM_NOT_FOUND, codes::TAG_NOT_FOUND]),
)
.grants(&[
    Grant::table(Table::Catalog).get().update().delete(),
    Grant::table(Table::Operation).put(),
])
.timeout_s(5);

/// Takes a tag off a product
///
/// A tag that the item does not have stays off.
#[utoipa::path(
    delete,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("tag" = String, Path, max_length = 20, description = "The tag's name"),
    ),
    responses((status = 204, description = "The item does not have the tag"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path((item, tag)): Path<(CatalogItemId, String)>,
) -> Result<StatusCode, Problem> {
    let tag: Tag = problems::tag(&tag)?;
    let change = ItemChange { item, before: format!("tag {tag}"), after: String::new() };
    let act = staff::act(&app, &caller, change, now);
    let was_on = app.store.tag_unlink(item, &tag, &act).await.map_err(problems::link)?;
    // What was not on it may be no tag at all.
    if was_on || app.store.tag_exists(&tag).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(problems::tag_not_found())
}

#[cfg(test)]
mod tests;
