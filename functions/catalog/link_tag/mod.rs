//! PUT /v1/catalog/{itemId}/tags/{tag} — puts a tag on a product.

use axum::extract::State;
use domain::{catalog::Tag, identity::Role};
use http::StatusCode;
use kernel::{CatalogItemId, codes};
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problems;

pub const FUNCTION: Function = Function {
    context: "catalog",
    name: "link_tag",
    summary: "Puts a tag on a product",
    trigger: Trigger::Http(Http {
        method: Method::Put,
        path: "/v1/catalog/{itemId}/tags/{tag}",
        access: Access::Role(Role::Admin),
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[
            codes::CATALOG_ITEM_NOT_FOUND,
            codes::TAG_NOT_FOUND,
            codes::TAG_LINKED,
            codes::TOO_MANY_TAGS,
        ],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(
        Table::Catalog,
        &["dynamodb:ConditionCheckItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    )],
    memory_mb: 256,
    timeout_s: 5,
};

/// Puts a tag on a product
///
/// At most 10 tags an item. The item comes first in the tag's list.
#[utoipa::path(
    put,
    path = "/v1/catalog/{itemId}/tags/{tag}",
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("tag" = String, Path, max_length = 20, description = "The tag's name"),
    ),
    responses((status = 204, description = "The item has the tag"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path((item, tag)): Path<(CatalogItemId, String)>,
) -> Result<StatusCode, Problem> {
    let tag: Tag = problems::tag(&tag)?;
    app.store.tag_link(item, &tag, now).await.map_err(problems::link)?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
