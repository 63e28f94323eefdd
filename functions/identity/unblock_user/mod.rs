//! Lets a blocked user bid again.

use axum::extract::State;
use http::StatusCode;
use kernel::UserId;
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

const PATH: &str = "/v1/me/blocks/{userId}";

pub const FUNCTION: Function =
    Function::endpoint("identity", "unblock_user", Http::delete(PATH, || routes!(handle)))
        .grants(&[Grant::table(Table::Identity).delete()])
        .timeout_s(5);

/// Lets a blocked user bid again
///
/// Repeats safely: a user who is not blocked, known or not, stays so.
#[utoipa::path(
    delete,
    path = PATH,
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
