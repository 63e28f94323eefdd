//! What the caller owns.

use axum::{Json, extract::State};
use domain::ledger::Split;
use kernel::Won;
use platform::{App, Caller, Function, Grant, Http, Now, Problem};
use serde::Serialize;
use store::{Read, Table};
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/wallet";

pub const FUNCTION: Function =
    Function::endpoint("wallet", "read_wallet", Http::get(PATH, || routes!(handle)))
        .grants(&[Grant::table(Table::Wallet).get().query()])
        .timeout_s(5);

/// A user's money, in won.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Wallet {
    /// Free to spend: `spendOnly` and `earned` together.
    #[schema(value_type = i64, example = 125_000)]
    available: Won,
    /// Topped up, or given back: it may be spent, and go back to where it was topped up from.
    #[schema(value_type = i64, example = 100_000)]
    spend_only: Won,
    /// Earned by sales: it may be withdrawn, too.
    #[schema(value_type = i64, example = 25_000)]
    earned: Won,
    /// What of `earned` may be withdrawn now: what a card or topped-up money of somebody else paid
    /// may leave a week after it came.
    #[schema(value_type = i64, example = 25_000)]
    withdrawable: Won,
    /// Set aside for orders and withdrawals under way.
    #[schema(value_type = i64, example = 50_000)]
    held: Won,
    /// Penalties that are still to be paid; taken from the next sale.
    #[schema(example = 0)]
    owed: i64,
}

/// Shows the caller's balance
///
/// Exact at the moment of reading. A user who never had money has zero of everything.
#[utoipa::path(
    get,
    path = PATH,
    responses((status = 200, description = "The balance", body = Wallet)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
) -> Result<Json<Wallet>, Problem> {
    let balance = app.store.balance(caller.user, Read::Consistent).await?;
    let locked = app.store.locked(caller.user, now).await?;
    let Split { spend_only, earned } = balance.free;
    Ok(Json(Wallet {
        available: balance.available(),
        spend_only,
        earned,
        withdrawable: match balance.in_debt() {
            true => Won::ZERO,
            false => balance.free.without(locked).earned,
        },
        held: balance.held,
        owed: balance.penalty.saturating_neg(),
    }))
}

#[cfg(test)]
mod tests;
