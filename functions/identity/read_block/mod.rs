//! Whether and since when the caller has blocked a user.

use axum::{Json, extract::State};
use kernel::{UserId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::list_blocks::{self, BlockedUser};

const PATH: &str = "/v1/me/blocks/{userId}";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "read_block",
    Http::get(PATH, || routes!(handle)).problems(&[codes::BLOCK_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Identity).get()])
.timeout_s(5);

/// Tells whether and since when the caller has blocked a user
///
/// A user who is not blocked is answered 404.
#[utoipa::path(
    get,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "The user in question")),
    responses((
        status = 200,
        description = "The user is blocked",
        body = BlockedUser,
        example = json!(list_blocks::example()),
    )),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<Json<BlockedUser>, Problem> {
    let Some(block) = app.store.block_find(caller.user, user).await? else {
        let detail = "You have not blocked a user with this id.";
        return Err(Problem::new(codes::BLOCK_NOT_FOUND, detail));
    };
    let account = app.store.user_find(user, Read::Eventual).await?;
    Ok(Json(BlockedUser::new(&block, account.as_ref())))
}

#[cfg(test)]
mod tests;
