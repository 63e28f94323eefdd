//! Says that the goods have arrived.

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

const PATH: &str = "/v1/trades/{tradeId}/deliver";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "deliver_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Says that the goods have arrived
///
/// By the seller, on the carrier's word; by an inspector, of goods that the inspection centre sent
/// on. The buyer has 72 hours to confirm or to object; silence
/// completes the trade. A buyer who has the goods may confirm without this.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "Waits for the buyer's word"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Deliver).await
}

#[cfg(test)]
mod tests;
