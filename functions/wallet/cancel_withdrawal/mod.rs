//! Takes one of the caller's withdrawals back.

use axum::extract::State;
use kernel::{WithdrawalId, codes};
use platform::{App, Caller, Function, Http, IdempotencyRule, Now, Once, Path, Problem, Reply};
use utoipa_axum::routes;

use crate::{
    stopping::{self, StopRequest},
    withdrawal_view::WithdrawalView,
};

const PATH: &str = "/v1/wallet/withdrawals/{withdrawalId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "cancel_withdrawal",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::WITHDRAWAL_NOT_FOUND, codes::WITHDRAWAL_NOT_REQUESTED]),
)
.grants(stopping::GRANTS);

/// Takes a withdrawal back
///
/// Only while it is `requested`: what the bank was asked for cannot be called back, and answers 409
/// with the state. The money is free again at once, as it was.
#[utoipa::path(
    post,
    path = PATH,
    params((
        "withdrawalId" = String, Path, format = "uuid", description = "The withdrawal's id",
        example = "01938f3c-7e2a-7000-8000-000000000001",
    )),
    responses((status = 200, description = "The withdrawal, stopped", body = WithdrawalView)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(withdrawal): Path<WithdrawalId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = StopRequest { once: &once, user: caller.user, withdrawal, now };
    stopping::stop(&app, request, None).await
}

#[cfg(test)]
mod tests;
