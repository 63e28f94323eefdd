//! Where the caller's withdrawals go.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{App, Caller, Function, Grant, Http, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::account::{PayoutAccountView, not_found};

const PATH: &str = "/v1/me/payout-account";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "read_payout_account",
    Http::get(PATH, || routes!(handle)).problems(&[codes::PAYOUT_ACCOUNT_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Wallet).get()])
.timeout_s(5);

/// Shows where the caller's withdrawals go
///
/// All but the last four digits of the number are hidden, from the caller as well.
#[utoipa::path(
    get,
    path = PATH,
    responses((status = 200, description = "The account", body = PayoutAccountView)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<PayoutAccountView>, Problem> {
    let account = app.store.payout_account(caller.user).await?.ok_or_else(not_found)?;
    Ok(Json(PayoutAccountView::from(&account)))
}

#[cfg(test)]
mod tests;
