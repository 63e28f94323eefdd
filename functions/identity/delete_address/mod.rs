//! Takes an address out of the caller's address book.

use axum::extract::State;
use http::StatusCode;
use kernel::{AddressId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

const PATH: &str = "/v1/me/addresses/{addressId}";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "delete_address",
    Http::delete(PATH, || routes!(handle)).problems(&[codes::ADDRESS_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Identity).delete().update()])
.timeout_s(5);

/// Takes an address out of the caller's address book
///
/// Trades that were paid with it keep their copy.
#[utoipa::path(
    delete,
    path = PATH,
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
