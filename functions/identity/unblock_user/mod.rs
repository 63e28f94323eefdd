//! DELETE /v1/me/blocks/{userId} — lets a blocked user bid again.

use axum::extract::State;
use http::StatusCode;
use kernel::UserId;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

pub const FUNCTION: Function = Function {
    context: "identity",
    name: "unblock_user",
    summary: "Lets a blocked user bid again",
    trigger: Trigger::Http(Http {
        method: Method::Delete,
        path: "/v1/me/blocks/{userId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Identity, &["dynamodb:DeleteItem"]),
        Grant::table(Table::Auction, &["dynamodb:UpdateItem"]),
    ],
    memory_mb: 256,
    timeout_s: 5,
};

/// Lets a blocked user bid again
///
/// Repeats safely: a user who is not blocked, known or not, stays so.
#[utoipa::path(
    delete,
    path = "/v1/me/blocks/{userId}",
    params(("userId" = String, Path, format = Uuid, description = "Whom to unblock")),
    responses((status = 204, description = "The user is not blocked")),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<StatusCode, Problem> {
    app.store.block_delete(caller.user, user).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
