//! A product comes in another size.

use axum::extract::State;
use domain::{catalog::ItemOption, identity::Role};
use kernel::{CatalogItemId, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem,
    Reply, parse,
};
use serde::{Deserialize, Serialize};
use store::{
    Label, Table,
    catalog::{CatalogWrite, option_creation},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    problems,
    staff::{self, ItemChange},
};

const PATH: &str = "/v1/catalog/{itemId}/options";

pub const FUNCTION: Function = Function::endpoint(
    "catalog",
    "add_option",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[codes::CATALOG_ITEM_NOT_FOUND, codes::OPTION_EXISTS]),
)
.grants(&[
    Grant::table(Table::Catalog).put().update(),
    Grant::table(Table::Exchange).put(),
    Grant::table(Table::Operation).get().put(),
]);

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AddOption {
    /// `XS` to `XXL`, `220` to `300` in steps of 10, `US5` to `US12`, or `ONESIZE`.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "270")]
    option: ItemOption,
}

/// An option that an item has.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OptionView {
    #[schema(value_type = String, format = Uuid)]
    item_id: CatalogItemId,
    #[schema(example = "270")]
    option: &'static str,
}

/// Adds an option to a product
///
/// From then on it can be traded in that size. An option stays for as long as the item.
#[utoipa::path(
    post,
    path = PATH,
    params(("itemId" = String, Path, format = Uuid, description = "The item")),
    request_body = AddOption,
    responses((status = 201, body = OptionView, description = "Added; Location is the item's path"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Path(item): Path<CatalogItemId>,
    Json(body): Json<AddOption>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let option = body.option;
    let view = OptionView { item_id: item, option: option.as_str() };
    let reply = Reply::created(format!("/v1/catalog/{item}"), &view)?;
    let change = ItemChange { item, before: String::new(), after: format!("option {option}") };
    let act = staff::act(&app, &caller, change, now);
    let transaction = option_creation(item, option, now).staff_act(&act)?;
    let explain = |label, _| match label {
        Label::Catalog(CatalogWrite::Item) => problems::item_not_found(),
        _ => {
            Problem::new(codes::OPTION_EXISTS, format!("The item has the option {option} already."))
        }
    };
    once.commit(&app, transaction, reply, explain).await
}

#[cfg(test)]
mod tests;
