//! Declines a second-chance offer.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeCancelled};
use kernel::{TradeId, codes};
use platform::{App, Caller, Function, Http, IdempotencyRule, Now, Once, Path, Problem, Reply};
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/decline";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "decline_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::NOT_AN_OFFER,
        codes::PAYMENT_IN_PROGRESS,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeCancelled::KIND]);

/// Declines a second-chance offer
///
/// The next bidder is asked at once. Declining costs nothing; a winner who will not pay uses
/// `cancel`.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The offer is declined"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Decline).await
}

#[cfg(test)]
mod tests;
