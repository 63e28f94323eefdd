//! Changes what is said of a product.

use axum::{extract::State, response::IntoResponse};
use domain::{
    catalog::{CatalogItem, ItemEdit, ItemName, Model, ReleaseDate, edit},
    identity::Role,
};
use events::{CatalogItemChanged, Event};
use kernel::{CatalogItemId, Instant, Won, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, IfMatch, Json, Now, Path, Problem, etag, parse,
    retry::Policy,
};
use serde::{Deserialize, Deserializer};
use store::{Read, Table, catalog::ItemError};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    problems,
    staff::{self, ItemChange},
    view::CatalogItemView,
};

const PATH: &str = "/v1/catalog/{itemId}";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "edit_item",
    Http::patch(PATH, || routes!(handle)).access(Access::Role(Role::Admin)).problems(&[
        codes::CATALOG_ITEM_NOT_FOUND,
        codes::MODEL_TAKEN,
        codes::STALE_VERSION,
    ]),
)
.grants(&[
    Grant::table(Table::Catalog).get().put().update().delete(),
    Grant::table(Table::Operation).put(),
    Grant::table(Table::Outbox).put(),
])
.tells(&[CatalogItemChanged::KIND]);

/// How often an edit is made again on an item that changed meanwhile.
const EDIT: Policy = Policy::named("edit-item", 4);

/// What is to be different; absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EditItem {
    /// The Korean name, 1 to 100 characters.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "나이키 덩크 로우 레트로", max_length = 100)]
    name_ko: Option<ItemName>,
    /// The English name, 1 to 100 characters.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "Nike Dunk Low Retro", max_length = 100)]
    name_en: Option<ItemName>,
    /// The manufacturer's number: 1 to 40 of `A-Z a-z 0-9 - / .` and space.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "DD1391-100", max_length = 40)]
    model: Option<Model>,
    /// A day of the calendar from 1900 on; `null` takes it away.
    #[serde(default, deserialize_with = "date_or_null")]
    #[schema(value_type = Option<String>, example = "2026-11-21", format = Date)]
    release_date: Option<Option<ReleaseDate>>,
    /// Won; `null` takes it away.
    #[serde(default, deserialize_with = "won_or_null")]
    #[schema(value_type = Option<i64>, example = 139_000, minimum = 1)]
    release_price: Option<Option<Won>>,
    /// Object keys, at most three, in place of all there are.
    #[schema(max_items = 3, example = json!(["catalog/dunk-1.webp"]))]
    images: Option<Vec<String>>,
}

/// Absent is `None` by the field's default; whatever is there comes here.
fn date_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<ReleaseDate>>, D::Error> {
    parse::maybe_text(deserializer).map(Some)
}

fn won_or_null<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Won>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes what is said of a product
///
/// All or nothing. With `If-Match` only the version that the caller saw is changed. Options and
/// tags have routes of their own.
#[utoipa::path(
    patch,
    path = PATH,
    params(
        ("itemId" = String, Path, format = Uuid, description = "The item"),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read"),
    ),
    request_body = EditItem,
    responses((
        status = 200,
        description = "The item as it is now",
        body = CatalogItemView,
        headers(("ETag" = String, description = "The version, like `\"4\"`")),
    )),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<CatalogItemId>,
    IfMatch(expected): IfMatch,
    Json(body): Json<EditItem>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = wanted(body)?;
    let item = change(&app, &caller, id, &wanted, expected, now).await?;
    Ok((etag(item.version), axum::Json(CatalogItemView::from(&item))))
}

fn wanted(body: EditItem) -> Result<ItemEdit, Problem> {
    let EditItem { name_ko, name_en, model, release_date, release_price, images } = body;
    let release_price = match release_price {
        Some(Some(won)) => Some(Some(problems::price(won)?)),
        Some(None) => Some(None),
        None => None,
    };
    let images = images.map(problems::images).transpose()?;
    Ok(ItemEdit { name_ko, name_en, model, release_date, release_price, images })
}

/// Makes the edit, anew when somebody else was faster and the caller named no version.
async fn change(
    app: &App,
    caller: &Caller,
    id: CatalogItemId,
    wanted: &ItemEdit,
    expected: Option<u32>,
    now: Instant,
) -> Result<CatalogItem, Problem> {
    let mut attempts = EDIT.attempts();
    while attempts.again() {
        let item = app.store.catalog_item(id, Read::Consistent).await?;
        let item = item.ok_or_else(problems::item_not_found)?;
        let after = edit(&item, wanted.clone(), expected).map_err(|_| problems::stale())?;
        if after == item {
            return Ok(after);
        }
        let change =
            ItemChange { item: id, before: staff::told(&item), after: staff::told(&after) };
        let act = staff::act(app, caller, change, now);
        match app.store.catalog_edit(&item, &after, &act, now).await {
            Ok(()) => return Ok(after),
            Err(ItemError::ModelTaken) => return Err(problems::model_taken()),
            // Read it again: it may be deleted, or at another version than the caller saw.
            Err(ItemError::Stale) => {}
            Err(ItemError::Store(error)) => return Err(error.into()),
        }
    }
    Err(attempts.exhausted().into())
}

#[cfg(test)]
mod tests;
