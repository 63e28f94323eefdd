//! What everybody may know of a user.

use axum::{Json, extract::State};
use kernel::{Instant, UserId, codes};
use platform::{Access, App, Function, Grant, Http, Path, Problem};
use serde::Serialize;
use store::{Read, Table};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::problems;

const PATH: &str = "/v1/users/{userId}";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "read_user",
    Http::get(PATH, || routes!(handle)).access(Access::Public).problems(&[codes::USER_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Identity).get()])
.timeout_s(5);

/// A user as others see them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicUser {
    #[schema(example = "민지")]
    nickname: String,
    #[schema(value_type = String, format = DateTime)]
    joined_at: Instant,
}

/// Shows what everybody may know of a user
///
/// Never an e-mail, a phone number or a role.
#[utoipa::path(
    get,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "The user's id")),
    responses((
        status = 200,
        description = "The user",
        body = PublicUser,
        example = json!({ "nickname": "민지", "joinedAt": "2026-11-21T09:00:00.000Z" }),
    )),
)]
async fn handle(
    State(app): State<App>,
    Path(user): Path<UserId>,
) -> Result<Json<PublicUser>, Problem> {
    let account = app.store.user_find(user, Read::Eventual).await?;
    let account = account.ok_or_else(problems::user_not_found)?;
    let nickname = account.nickname.to_string();
    Ok(Json(PublicUser { nickname, joined_at: account.created_at }))
}

#[cfg(test)]
mod tests;
