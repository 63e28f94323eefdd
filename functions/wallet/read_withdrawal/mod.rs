//! GET /v1/wallet/withdrawals/{withdrawalId} — how far one of the caller's withdrawals is.

use axum::{Json, extract::State};
use kernel::{WithdrawalId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::withdrawal_view::WithdrawalView;

pub const FUNCTION: Function = Function {
    context: "wallet",
    name: "read_withdrawal",
    summary: "Shows how far a withdrawal is",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/wallet/withdrawals/{withdrawalId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::WITHDRAWAL_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Wallet, &["dynamodb:GetItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Shows how far a withdrawal is
///
/// `requested` and `sending` end as `done` or `failed`.
#[utoipa::path(
    get,
    path = "/v1/wallet/withdrawals/{withdrawalId}",
    params((
        "withdrawalId" = String, Path, format = "uuid", description = "The withdrawal's id",
        example = "01938f3c-7e2a-7000-8000-000000000001",
    )),
    responses((status = 200, description = "The withdrawal", body = WithdrawalView)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<WithdrawalId>,
) -> Result<Json<WithdrawalView>, Problem> {
    let row = app.store.withdrawal(caller.user, id).await?;
    let row = row.ok_or_else(|| {
        Problem::new(codes::WITHDRAWAL_NOT_FOUND, "You have no withdrawal of this id.")
    })?;
    Ok(Json(WithdrawalView::from(&row)))
}

#[cfg(test)]
mod tests;
