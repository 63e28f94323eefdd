//! GET /v1/wallet/entries — what moved the caller's money, newest first.

use axum::{Json, extract::State};
use domain::ledger::WalletLine;
use kernel::{Instant, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageQuery,
    PageRequest, Paged, Problem, Trigger,
};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub const FUNCTION: Function = Function {
    context: "wallet",
    name: "list_entries",
    summary: "Lists what moved the caller's money, newest first",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/wallet/entries",
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

/// A movement of money, as far as it concerns the caller. Changes are in won, signed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletEntry {
    /// `top-up`, `hold`, `release`, `trade-payment`, `settlement`, `refund`, `penalty`,
    /// `penalty-repaid`, `withdrawal` or `payment-cancelled`.
    #[schema(example = "withdrawal")]
    kind: &'static str,
    /// What it was for: unique, and the same in the platform's own books.
    #[schema(example = "withdrawal#01938f3c-7e2a-7000-8000-000000000001")]
    reason: String,
    #[schema(example = 0)]
    available_change: i64,
    #[schema(example = -50_000)]
    held_change: i64,
    #[schema(example = 0)]
    owed_change: i64,
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T09:00:00.000Z")]
    at: Instant,
}

impl From<WalletLine> for WalletEntry {
    fn from(line: WalletLine) -> Self {
        Self {
            kind: line.kind.as_str(),
            reason: line.reason,
            available_change: line.available,
            held_change: line.held,
            owed_change: line.penalty.saturating_neg(),
            at: line.at,
        }
    }
}

/// Lists what moved the caller's money, newest first
///
/// The changes of all entries together are the balance.
#[utoipa::path(
    get,
    path = "/v1/wallet/entries",
    params(PageQuery),
    responses((status = 200, description = "A page of movements", body = Paged<WalletEntry>)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<WalletEntry>>, Problem> {
    let lines = app.store.wallet_lines(caller.user, page.limit, page.after.clone()).await?;
    let shown = lines.try_map(|line| Ok::<_, Problem>(WalletEntry::from(line)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
