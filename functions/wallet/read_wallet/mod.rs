//! What the caller owns.

use axum::{Json, extract::State};
use kernel::Won;
use platform::{App, Caller, Function, Grant, Http, Problem};
use serde::Serialize;
use store::{Read, Table};
use utoipa::ToSchema;
use utoipa_axum::routes;

const PATH: &str = "/v1/wallet";

pub const FUNCTION: Function =
    Function::endpoint("wallet", "read_wallet", Http::get(PATH, || routes!(handle)))
        .grants(&[Grant::table(Table::Wallet).get()])
        .timeout_s(5);

/// A user's money, in won.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Wallet {
    /// Free to spend or withdraw.
    #[schema(value_type = i64, example = 125_000)]
    available: Won,
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
async fn handle(State(app): State<App>, caller: Caller) -> Result<Json<Wallet>, Problem> {
    let balance = app.store.balance(caller.user, Read::Consistent).await?;
    let owed = balance.penalty.saturating_neg();
    Ok(Json(Wallet { available: balance.available, held: balance.held, owed }))
}

#[cfg(test)]
mod tests;
