//! GET /v1/me — the caller's own account.

use axum::{Json, extract::State, response::IntoResponse};
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Problem,
    Trigger, etag,
};
use store::{Read, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    problems,
    view::{self, Me},
};

pub const FUNCTION: Function = Function {
    context: "identity",
    name: "read_me",
    summary: "Shows the caller's own account",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/me",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::USER_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Identity, &["dynamodb:GetItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Shows the caller's own account
///
/// The `ETag` is its version: send it back as `If-Match` when changing the account.
#[utoipa::path(
    get,
    path = "/v1/me",
    responses((
        status = 200,
        description = "The account",
        body = Me,
        headers(("ETag" = String, description = "The version, like `\"3\"`")),
        example = json!(view::example()),
    )),
)]
async fn handle(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    let account = app.store.user_find(caller.user, Read::Consistent).await?;
    let account = account.ok_or_else(problems::user_not_found)?;
    Ok((etag(account.version), Json(Me::from(&account))))
}

#[cfg(test)]
mod tests;
