//! Says what a user may do.

use axum::extract::State;
use domain::identity::Role;
use kernel::{UserId, codes};
use platform::{Access, App, Function, Grant, Http, Json, Path, Problem, parse};
use serde::{Deserialize, Serialize};
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::problems;

const PATH: &str = "/v1/users/{userId}/roles";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "set_roles",
    Http::put(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .problems(&[codes::USER_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Identity).update()])
.timeout_s(5);

/// All roles that the user shall have.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesRequest {
    /// `user`, `inspector`, `admin`; `user` is always kept.
    #[schema(value_type = Vec<String>, example = json!(["user", "inspector"]))]
    roles: Vec<RoleName>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct RoleName(#[serde(deserialize_with = "parse::text")] Role);

/// The roles of a user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserRoles {
    #[schema(value_type = String, format = Uuid)]
    id: UserId,
    #[schema(example = json!(["user", "inspector"]))]
    roles: Vec<&'static str>,
}

/// Says what a user may do
///
/// Takes effect when the user's tokens are next refreshed, 15 minutes later at most.
#[utoipa::path(
    put,
    path = PATH,
    params(("userId" = String, Path, format = Uuid, description = "The user's id")),
    request_body = RolesRequest,
    responses((
        status = 200,
        description = "The roles as they are now",
        body = UserRoles,
        example = json!({
            "id": "01a1fb67-1800-7541-aec8-90f8b746e41e", "roles": ["user", "inspector"],
        }),
    )),
)]
async fn handle(
    State(app): State<App>,
    Path(user): Path<UserId>,
    Json(request): Json<RolesRequest>,
) -> Result<axum::Json<UserRoles>, Problem> {
    let wanted: Vec<Role> = request.roles.into_iter().map(|RoleName(role)| role).collect();
    let account = app.store.set_roles(user, &Role::settle(&wanted)).await?;
    let account = account.ok_or_else(problems::user_not_found)?;
    let roles = account.roles.iter().map(|role| role.as_str()).collect();
    Ok(axum::Json(UserRoles { id: user, roles }))
}

#[cfg(test)]
mod tests;
