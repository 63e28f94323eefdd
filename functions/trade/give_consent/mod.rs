//! Consents to goods of 95 points.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{App, Caller, Function, Http, IdempotencyRule, Now, Once, Path, Problem, Reply};
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/consent";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "give_consent",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::CONSENT_OVERDUE,
    ]),
)
.grants(command::RELEASING)
.tells(&[TradeMoved::KIND]);

/// Consents to goods of 95 points
///
/// By the buyer, within 24 hours; silence is a refusal. The centre sends the goods on.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The centre sends the goods on"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Consent).await
}

#[cfg(test)]
mod tests;
