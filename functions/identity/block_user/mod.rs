//! PUT /v1/me/blocks/{userId} — keeps a user from bidding on the caller's auctions.

use axum::extract::State;
use http::StatusCode;
use kernel::{UserId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path,
    Problem, Trigger,
};
use store::{Table, identity::Blocking};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::problems;

pub const FUNCTION: Function = Function {
    context: "identity",
    name: "block_user",
    summary: "Keeps a user from bidding on the caller's auctions",
    trigger: Trigger::Http(Http {
        method: Method::Put,
        path: "/v1/me/blocks/{userId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::USER_NOT_FOUND, codes::CANNOT_BLOCK_YOURSELF],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Identity, &["dynamodb:ConditionCheckItem", "dynamodb:PutItem"]),
        Grant::table(Table::Auction, &["dynamodb:UpdateItem"]),
    ],
    memory_mb: 256,
    timeout_s: 5,
};

/// Keeps a user from bidding on the caller's auctions
///
/// Holds for bids from now on; those already made stand. Repeats safely.
#[utoipa::path(
    put,
    path = "/v1/me/blocks/{userId}",
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
