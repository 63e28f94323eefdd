//! Creates a tag that products can have.

use axum::extract::State;
use domain::{catalog::Tag, identity::Role};
use kernel::codes;
use platform::{
    Access, App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply,
    parse, staff::Changed,
};
use serde::Deserialize;
use store::{
    Table,
    catalog::{TagRow, tag_creation},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::view::TagView;

const PATH: &str = "/v1/tags";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "create_tag",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[codes::TAG_EXISTS]),
)
.grants(&[Grant::table(Table::Catalog).put(), Grant::table(Table::Operation).get().put()])
.timeout_s(5);

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateTag {
    /// 1 to 20 characters, no slash; kept in lower case.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "sneaker", max_length = 20)]
    name: Tag,
}

/// Creates a tag that products can have
///
/// Spellings that differ only in case are one tag.
#[utoipa::path(
    post,
    path = PATH,
    request_body = CreateTag,
    responses((status = 201, body = TagView, description = "Created; Location lists its items"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<CreateTag>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let row = TagRow { tag: body.name, created_at: now };
    let reply = Reply::created(items_of(&row.tag), &TagView::from(&row))?;
    let explain =
        |_, _| Problem::new(codes::TAG_EXISTS, format!("There is a tag {} already.", row.tag));
    let whom = format!("tag#{}", row.tag);
    let changed = Changed { whom, why: None, before: String::new(), after: row.tag.to_string() };
    let act = platform::staff::act(&app, &caller, changed, now);
    once.commit(&app, tag_creation(&row.tag, now).staff_act(&act)?, reply, explain).await
}

/// Where the items with a tag are listed.
fn items_of(tag: &Tag) -> String {
    let name: String = form_urlencoded::byte_serialize(tag.as_str().as_bytes()).collect();
    format!("/v1/catalog?tag={name}")
}

#[cfg(test)]
mod tests;
