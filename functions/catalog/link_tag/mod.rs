//! Puts a tag on a product.

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
    "link_tag",
    Http::put(PATH, || routes!(handle)).access(Access::Role(Role::Admin)).problems(&[
        codes::CATALOG_ITEM_NOT_FOUND,
        codes::TAG_NOT_FOUND,
        codes::TAG_LINKED,
        codes::TOO_MANY_TAGS,
    ]),
)
.grants(&[
    Grant::table(Table::Catalog).check().put().update(),
    Grant::table(Table::Operation).put(),
])
.timeout_s(5);

/// Puts a tag on a product
///
/// At most 10 tags an item. The item comes first in the tag's list.
#[utoipa::path(
    put,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("tag" = String, Path, max_length = 20, description = "The tag's name"),
    ),
    responses((status = 204, description = "The item has the tag"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path((item, tag)): Path<(CatalogItemId, String)>,
) -> Result<StatusCode, Problem> {
    let tag: Tag = problems::tag(&tag)?;
    let change = ItemChange { item, before: String::new(), after: format!("tag {tag}") };
    let act = staff::act(&app, &caller, change, now);
    app.store.tag_link(item, &tag, &act, now).await.map_err(problems::link)?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
