//! DELETE /v1/sessions/current — ends the caller's session.

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::session;

pub const FUNCTION: Function = Function {
    context: "identity",
    name: "log_out",
    summary: "Ends the caller's session",
    trigger: Trigger::Http(Http {
        method: Method::Delete,
        path: "/v1/sessions/current",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Identity, &["dynamodb:DeleteItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Ends the caller's session
///
/// Its refresh tokens are no longer good and the cookies are cleared. The access token stays good
/// until it expires, 15 minutes after it was issued at the latest. Repeats safely.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    responses((status = 204, description = "The session is over")),
)]
async fn handle(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    app.store.session_revoke(caller.user, caller.session).await?;
    Ok((StatusCode::NO_CONTENT, session::forget()))
}

#[cfg(test)]
mod tests;
