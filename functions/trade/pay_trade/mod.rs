//! Pays a trade from the wallet.

use axum::extract::State;
use domain::{ledger::Split, trade::Command};
use events::{Event, TradeMoved};
use kernel::{AddressId, TradeId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/pay";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "pay_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::ADDRESS_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::PAYMENT_IN_PROGRESS,
        codes::PAYMENT_OVERDUE,
        codes::INSUFFICIENT_BALANCE,
        codes::PENALTY_DUE,
    ]),
)
.grants(&[
    Grant::table(Table::Identity).get(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).get().put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[TradeMoved::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PayTrade {
    /// From the caller's address book. The trade keeps a copy.
    #[schema(value_type = String, format = Uuid)]
    address_id: AddressId,
}

/// Pays a trade from the wallet
///
/// The money waits in escrow until the buyer confirms. Paying a second-chance offer accepts it. The
/// seller has 48 hours to ship.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = PayTrade,
    responses((status = 200, body = TradeView, description = "Paid"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<PayTrade>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    command::find(&app, &caller, trade).await?;
    let row = app.store.address(caller.user, body.address_id).await?;
    let row = row.ok_or_else(|| {
        Problem::new(codes::ADDRESS_NOT_FOUND, "Add the address to your address book first.")
    })?;
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    let pay = Command::Pay { address: row.address, from: Split::ZERO };
    command::execute(&app, request, pay).await
}

#[cfg(test)]
mod tests;
