//! PUT /v1/me/payout-account — says anew where the caller's withdrawals go.

use axum::extract::State;
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Json, Method, Now,
    Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::account::{PayoutAccountRequest, PayoutAccountView, not_found, verified};

pub const FUNCTION: Function = Function {
    context: "wallet",
    name: "replace_payout_account",
    summary: "Says anew where the caller's withdrawals go",
    trigger: Trigger::Http(Http {
        method: Method::Put,
        path: "/v1/me/payout-account",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::PAYOUT_ACCOUNT_NOT_FOUND, codes::PAYOUT_ACCOUNT_UNVERIFIED],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[
        Grant::table(Table::Wallet, &["dynamodb:GetItem", "dynamodb:UpdateItem"]),
        Grant::table(Table::Identity, &["dynamodb:GetItem"]),
    ],
    memory_mb: 256,
    timeout_s: 15,
};

/// Says anew where the caller's withdrawals go
///
/// Withdrawals that were asked for before still go to the account of that time.
#[utoipa::path(
    put,
    path = "/v1/me/payout-account",
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
