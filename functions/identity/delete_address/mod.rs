//! DELETE /v1/me/addresses/{addressId} — takes an address out of the caller's address book.

use axum::extract::State;
use http::StatusCode;
use kernel::{AddressId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

pub const FUNCTION: Function = Function {
    context: "identity",
    name: "delete_address",
    summary: "Takes an address out of the caller's address book",
    trigger: Trigger::Http(Http {
        method: Method::Delete,
        path: "/v1/me/addresses/{addressId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::ADDRESS_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Identity, &["dynamodb:DeleteItem", "dynamodb:UpdateItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Takes an address out of the caller's address book
///
/// Trades that were paid with it keep their copy.
#[utoipa::path(
    delete,
    path = "/v1/me/addresses/{addressId}",
    params(("addressId" = String, Path, format = Uuid, description = "The address")),
    responses((status = 204, description = "Deleted"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(address): Path<AddressId>,
) -> Result<StatusCode, Problem> {
    if app.store.address_delete(caller.user, address).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::new(codes::ADDRESS_NOT_FOUND, "Your address book has no such address."))
}

#[cfg(test)]
mod tests;
