//! GET /v1/wallet/withdrawals — the caller's withdrawals, newest first.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageQuery,
    PageRequest, Paged, Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::withdrawal_view::WithdrawalView;

pub const FUNCTION: Function = Function {
    context: "wallet",
    name: "list_withdrawals",
    summary: "Lists the caller's withdrawals, newest first",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/wallet/withdrawals",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Wallet, &["dynamodb:Query"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Lists the caller's withdrawals, newest first
///
/// Finished ones stay listed.
#[utoipa::path(
    get,
    path = "/v1/wallet/withdrawals",
    params(PageQuery),
    responses((status = 200, description = "A page of withdrawals", body = Paged<WithdrawalView>)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<WithdrawalView>>, Problem> {
    let rows = app.store.withdrawals(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|row| Ok::<_, Problem>(WithdrawalView::from(&row)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
