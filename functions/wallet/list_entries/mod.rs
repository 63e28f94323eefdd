//! What moved the caller's money, newest first.

use axum::{Json, extract::State};
use domain::ledger::WalletLine;
use kernel::{Instant, codes};
use platform::{
    App, Caller, Function, Grant, Http, PageQuery, PageRequest, Paged, Problem, Secret,
};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/wallet/entries";

pub const FUNCTION: Function = Function::endpoint(
    "wallet",
    "list_entries",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Wallet).query()])
.timeout_s(5)
.secrets(&[Secret::Sealing]);

/// A movement of money, as far as it concerns the caller. Changes are in won, signed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WalletEntry {
    /// `top-up`, `hold`, `release`, `trade-payment`, `settlement`, `refund`, `penalty`,
    /// `penalty-repaid`, `withdrawal`, `payment-cancelled` or `matured`.
    #[schema(example = "withdrawal")]
    kind: &'static str,
    /// What it was for: unique, and the same in the platform's own books.
    #[schema(example = "withdrawal#01938f3c-7e2a-7000-8000-000000000001")]
    reason: String,
    /// `spendOnlyChange` and `earnedChange` together.
    #[schema(example = 0)]
    available_change: i64,
    #[schema(example = 0)]
    spend_only_change: i64,
    #[schema(example = 0)]
    earned_change: i64,
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
            available_change: line.available(),
            reason: line.reason,
            spend_only_change: line.spend_only,
            earned_change: line.earned,
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
    path = PATH,
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
