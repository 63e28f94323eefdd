//! Puts a product into the catalogue.

use axum::extract::State;
use domain::{
    catalog::{CatalogItem, ItemFacts, ItemName, Model, ReleaseDate},
    identity::Role,
};
use events::{CatalogItemChanged, Event};
use kernel::{CatalogItemId, Won, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply,
    parse,
};
use serde::Deserialize;
use store::{
    Label, Table,
    catalog::{CatalogWrite, item_creation},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    problems,
    staff::{self, ItemChange},
    view::CatalogItemView,
};

const PATH: &str = "/v1/catalog";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "create_item",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[codes::MODEL_TAKEN]),
)
.grants(&[
    Grant::table(Table::Catalog).put(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[CatalogItemChanged::KIND]);

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateItem {
    /// The Korean name, 1 to 100 characters.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "나이키 덩크 로우 레트로", max_length = 100)]
    name_ko: ItemName,
    /// The English name, 1 to 100 characters.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "Nike Dunk Low Retro", max_length = 100)]
    name_en: ItemName,
    /// The manufacturer's number: 1 to 40 of `A-Z a-z 0-9 - / .` and space.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "DD1391-100", max_length = 40)]
    model: Model,
    /// A day of the calendar from 1900 on.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "2026-11-21", format = Date)]
    release_date: Option<ReleaseDate>,
    /// Won.
    #[schema(value_type = Option<i64>, example = 139_000, minimum = 1)]
    release_price: Option<Won>,
    /// Object keys, at most three, the first of them for lists.
    #[serde(default)]
    #[schema(max_items = 3, example = json!(["catalog/dunk-1.webp"]))]
    images: Vec<String>,
}

/// Puts a product into the catalogue
///
/// Options and tags come afterwards. No other item may have the model number, however it is
/// spelled.
#[utoipa::path(
    post,
    path = PATH,
    request_body = CreateItem,
    responses((status = 201, body = CatalogItemView, description = "Created; see Location"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<CreateItem>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let id = CatalogItemId::from_uuid(app.entropy.uuid(now));
    let item = CatalogItem::new(id, facts(body)?, now);
    let reply = Reply::created(format!("/v1/catalog/{id}"), &CatalogItemView::from(&item))?;
    let explain = |label, _| match label {
        Label::Catalog(CatalogWrite::Model) => problems::model_taken(),
        _ => Problem::try_again("the id was taken"),
    };
    let change = ItemChange { item: id, before: String::new(), after: staff::told(&item) };
    let act = staff::act(&app, &caller, change, now);
    once.commit(&app, item_creation(&item).staff_act(&act)?, reply, explain).await
}

fn facts(body: CreateItem) -> Result<ItemFacts, Problem> {
    let CreateItem { name_ko, name_en, model, release_date, release_price, images } = body;
    let release_price = release_price.map(problems::price).transpose()?;
    let images = problems::images(images)?;
    Ok(ItemFacts { name_ko, name_en, model, release_date, release_price, images })
}

#[cfg(test)]
mod tests;
