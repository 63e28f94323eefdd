//! Ends the caller's session.

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use platform::{App, Caller, Function, Grant, Http, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::session;

const PATH: &str = "/v1/sessions/current";

pub const FUNCTION: Function =
    Function::endpoint("identity", "log_out", Http::delete(PATH, || routes!(handle)))
        .grants(&[Grant::table(Table::Identity).delete()])
        .timeout_s(5);

/// Ends the caller's session
///
/// Its refresh tokens are no longer good and the cookies are cleared. The access token stays good
/// until it expires, 15 minutes after it was issued at the latest. Repeats safely.
#[utoipa::path(
    delete,
    path = PATH,
    responses((status = 204, description = "The session is over")),
)]
async fn handle(State(app): State<App>, caller: Caller) -> Result<impl IntoResponse, Problem> {
    app.store.session_revoke(caller.user, caller.session).await?;
    Ok((StatusCode::NO_CONTENT, session::forget()))
}

#[cfg(test)]
mod tests;
