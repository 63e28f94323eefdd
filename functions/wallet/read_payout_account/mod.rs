//! GET /v1/me/payout-account — where the caller's withdrawals go.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::account::{PayoutAccountView, not_found};

pub const FUNCTION: Function = Function {
    context: "wallet",
    name: "read_payout_account",
    summary: "Shows where the caller's withdrawals go",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/me/payout-account",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::PAYOUT_ACCOUNT_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Wallet, &["dynamodb:GetItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Shows where the caller's withdrawals go
///
/// All but the last four digits of the number are hidden, from the caller as well.
#[utoipa::path(
    get,
    path = "/v1/me/payout-account",
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
