//! Says what a user may do.

use axum::extract::State;
use domain::identity::Role;
use kernel::{UserId, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, Json, Now, Path, Problem, parse,
    retry::Policy,
    staff::{self, Changed},
};
use serde::{Deserialize, Serialize};
use store::{Read, Table};
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
.grants(&[Grant::table(Table::Identity).get().update(), Grant::table(Table::Operation).put()])
.timeout_s(5);

/// How often an account that changed meanwhile is looked at again.
const SET_ROLES: Policy = Policy::named("set-roles", 4);

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
    Now(now): Now,
    caller: Caller,
    Path(user): Path<UserId>,
    Json(request): Json<RolesRequest>,
) -> Result<axum::Json<UserRoles>, Problem> {
    let wanted: Vec<Role> = request.roles.into_iter().map(|RoleName(role)| role).collect();
    let wanted = Role::settle(&wanted);
    let mut attempts = SET_ROLES.attempts();
    while attempts.again() {
        let account = app.store.user_find(user, Read::Consistent).await?;
        let account = account.ok_or_else(problems::user_not_found)?;
        let changed = Changed {
            whom: format!("user#{user}"),
            why: None,
            before: names(&account.roles).join(" "),
            after: names(&wanted).join(" "),
        };
        let act = staff::act(&app, &caller, changed, now);
        // What is so already is no act.
        if account.roles == wanted || app.store.roles_change(&account, &wanted, &act).await? {
            return Ok(axum::Json(UserRoles { id: user, roles: names(&wanted) }));
        }
    }
    Err(attempts.exhausted().into())
}

fn names(roles: &[Role]) -> Vec<&'static str> {
    roles.iter().map(|role| role.as_str()).collect()
}

#[cfg(test)]
mod tests;
