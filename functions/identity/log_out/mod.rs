//! Ends the caller's session.

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use platform::{ACCESS_TOKEN_LIFE, App, Caller, Function, Grant, Http, Now, Problem};
use store::{Table, identity::SessionOf};
use utoipa_axum::routes;

use crate::session;

const PATH: &str = "/v1/sessions/current";

pub const FUNCTION: Function =
    Function::endpoint("identity", "log_out", Http::delete(PATH, || routes!(handle)))
        .grants(&[Grant::table(Table::Session).update()])
        .timeout_s(5);

/// Ends the caller's session
///
/// Its refresh tokens are no longer good, no bid is taken any more, and the cookies are cleared.
/// For the rest the access token stays good until it expires, 15 minutes after it was issued at
/// the latest. Repeats safely.
#[utoipa::path(
    delete,
    path = PATH,
    responses((status = 204, description = "The session is over")),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
) -> Result<impl IntoResponse, Problem> {
    let session = SessionOf { user: caller.user, session: caller.session };
    app.store.session_revoke(session, ACCESS_TOKEN_LIFE, now).await?;
    Ok((StatusCode::NO_CONTENT, session::forget()))
}

#[cfg(test)]
mod tests;
