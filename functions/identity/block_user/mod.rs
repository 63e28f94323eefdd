//! Keeps a user from bidding on the caller's auctions.

use axum::extract::State;
use http::StatusCode;
use kernel::{UserId, codes};
use platform::{App, Caller, Function, Grant, Http, Now, Path, Problem};
use store::{Table, identity::Blocking};
use utoipa_axum::routes;

use crate::problems;

const PATH: &str = "/v1/me/blocks/{userId}";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "block_user",
    Http::put(PATH, || routes!(handle))
        .problems(&[codes::USER_NOT_FOUND, codes::CANNOT_BLOCK_YOURSELF]),
)
.grants(&[Grant::table(Table::Identity).check().put()])
.timeout_s(5);

/// Keeps a user from bidding on the caller's auctions
///
/// Holds for bids from now on; those already made stand. Repeats safely.
#[utoipa::path(
    put,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "Whom to block")),
    responses((status = 204, description = "The user is blocked")),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<StatusCode, Problem> {
    if user == caller.user {
        let detail = "Your own bids on your own auctions are refused anyway.";
        return Err(Problem::new(codes::CANNOT_BLOCK_YOURSELF, detail));
    }
    match app.store.block_create(caller.user, user, now).await? {
        Blocking::Done | Blocking::Repeated => Ok(StatusCode::NO_CONTENT),
        Blocking::UnknownUser => Err(problems::user_not_found()),
    }
}

#[cfg(test)]
mod tests;
