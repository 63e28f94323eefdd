//! Takes a user's withdrawal back (admin).

use axum::extract::State;
use domain::identity::Role;
use kernel::{UserId, WithdrawalId, codes};
use platform::{
    Access, App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
    parse,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    stopping::{self, AsStaff, StopRequest},
    withdrawal_view::WithdrawalView,
};

const PATH: &str = "/v1/admin/users/{userId}/withdrawals/{withdrawalId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "cancel_user_withdrawal",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::WITHDRAWAL_NOT_FOUND, codes::WITHDRAWAL_NOT_REQUESTED]),
)
.grants(stopping::GRANTS);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelUserWithdrawal {
    /// 1 to 200 characters; kept in the log of what staff did.
    #[schema(example = "계좌 도용 신고", max_length = 200)]
    reason: String,
}

/// Takes a user's withdrawal back
///
/// For admins, with a reason, and noted with it; only while it is `requested`. The money is free
/// again at once, as it was. Nobody decides as staff about a withdrawal of their own.
#[utoipa::path(
    post,
    path = PATH,
    params(
        ("userId" = String, Path, format = Uuid, description = "Whose withdrawal it is"),
        ("withdrawalId" = String, Path, format = Uuid, description = "The withdrawal"),
    ),
    request_body = CancelUserWithdrawal,
    responses((status = 200, description = "The withdrawal, stopped", body = WithdrawalView)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path((user, withdrawal)): Path<(UserId, WithdrawalId)>,
    once: Once,
    Json(body): Json<CancelUserWithdrawal>,
) -> Result<Reply, Problem> {
    let why = parse::reason(&body.reason)?.to_owned();
    if user == caller.user {
        let detail = "It is your own, so you have no say in it as staff.";
        return Err(Problem::new(codes::FORBIDDEN, detail));
    }
    let request = StopRequest { once: &once, user, withdrawal, now };
    stopping::stop(&app, request, Some(AsStaff { caller: &caller, why })).await
}

#[cfg(test)]
mod tests;
