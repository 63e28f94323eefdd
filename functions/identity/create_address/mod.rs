//! Adds an address to the caller's address book.

use axum::extract::State;
use domain::identity::{ADDRESSES_MAX, Address, Phone};
use kernel::{AddressId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, parse,
};
use serde::Deserialize;
use store::{
    Label, Table,
    identity::{AddressRow, AddressWrite, address_creation},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::view::AddressView;

const PATH: &str = "/v1/me/addresses";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "create_address",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[codes::ADDRESS_BOOK_FULL]),
)
.grants(&[Grant::table(Table::Identity).put().update(), Grant::table(Table::Operation).get().put()])
.timeout_s(5);

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateAddress {
    /// 1 to 40 characters.
    #[schema(example = "김민지", max_length = 40)]
    recipient: String,
    /// Korean mobile number, with or without hyphens.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "010-1234-5678")]
    phone: Phone,
    /// 5 digits.
    #[schema(example = "06236", pattern = "^[0-9]{5}$")]
    postcode: String,
    /// 1 to 100 characters.
    #[schema(example = "서울 강남구 테헤란로 152", max_length = 100)]
    line1: String,
    /// Up to 100 characters.
    #[serde(default)]
    #[schema(example = "3층", max_length = 100)]
    line2: Option<String>,
}

/// Adds an address to the caller's address book
///
/// At most 20 a user. A trade keeps a copy of the address it is paid with.
#[utoipa::path(
    post,
    path = PATH,
    request_body = CreateAddress,
    responses((status = 201, body = AddressView, description = "The address"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<CreateAddress>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let CreateAddress { recipient, phone, postcode, line1, line2 } = body;
    let address = Address::new(&recipient, phone, &postcode, &line1, line2.as_deref());
    let address = address.map_err(|error| {
        Problem::field(format!("/{}", error.field()), "invalid", format!("{error}."))
    })?;
    let id = AddressId::from_uuid(app.entropy.uuid(now));
    let row = AddressRow { id, address, created_at: now };
    let reply = Reply::created(format!("/v1/me/addresses/{id}"), &AddressView::new(&row))?;
    let explain = |label, _| match label {
        Label::Address(AddressWrite::Count) => {
            let detail = format!("Delete one of your {ADDRESSES_MAX} addresses first.");
            Problem::new(codes::ADDRESS_BOOK_FULL, detail)
        }
        _ => Problem::try_again("the id was taken"),
    };
    once.commit(&app, address_creation(caller.user, &row), reply, explain).await
}

#[cfg(test)]
pub(crate) mod tests;
