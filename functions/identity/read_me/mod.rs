//! The caller's own account.

use axum::{Json, extract::State, response::IntoResponse};
use kernel::codes;
use platform::{App, Caller, Function, Grant, Http, Problem, etag};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{
    problems,
    view::{self, Me},
};

const PATH: &str = "/v1/me";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "read_me",
    Http::get(PATH, || routes!(handle)).problems(&[codes::USER_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Identity).get()])
.timeout_s(5);

/// Shows the caller's own account
///
/// The `ETag` is its version: send it back as `If-Match` when changing the account.
#[utoipa::path(
    get,
    path = PATH,
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
