//! Says anew where the caller's withdrawals go.

use axum::extract::State;
use kernel::codes;
use platform::{App, Caller, Function, Grant, Http, Json, Now, Problem, Secret};
use store::Table;
use utoipa_axum::routes;

use crate::account::{PayoutAccountRequest, PayoutAccountView, not_found, verified};

const PATH: &str = "/v1/me/payout-account";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "replace_payout_account",
    Http::put(PATH, || routes!(handle))
        .problems(&[codes::PAYOUT_ACCOUNT_NOT_FOUND, codes::PAYOUT_ACCOUNT_UNVERIFIED]),
)
.grants(&[Grant::table(Table::Wallet).get().update(), Grant::table(Table::Identity).get()])
.timeout_s(15)
.secrets(&[Secret::Wallet]);

/// Says anew where the caller's withdrawals go
///
/// Withdrawals that were asked for before still go to the account of that time.
#[utoipa::path(
    put,
    path = PATH,
    request_body = PayoutAccountRequest,
    responses((status = 200, description = "The account as it is now", body = PayoutAccountView)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Json(request): Json<PayoutAccountRequest>,
) -> Result<axum::Json<PayoutAccountView>, Problem> {
    app.store.payout_account(caller.user).await?.ok_or_else(not_found)?;
    let account = verified(&app, caller.user, request, now).await?;
    if !app.store.payout_account_replace(caller.user, &account).await? {
        return Err(not_found());
    }
    Ok(axum::Json(PayoutAccountView::from(&account)))
}

#[cfg(test)]
mod tests;
