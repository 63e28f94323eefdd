//! Refuses goods of 95 points.

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

const PATH: &str = "/v1/trades/{tradeId}/consent-refusal";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "refuse_consent",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
    ]),
)
.grants(command::REFUNDING)
.tells(&[TradeCancelled::KIND]);

/// Refuses goods of 95 points
///
/// By the buyer. The trade is cancelled and refunded; nobody is at fault and nobody pays a penalty.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "Cancelled and refunded"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::RefuseConsent).await
}

#[cfg(test)]
mod tests;
