//! Confirms that the goods are as agreed.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeCompleted};
use kernel::{TradeId, codes};
use platform::{App, Caller, Function, Http, IdempotencyRule, Now, Once, Path, Problem, Reply};
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/confirm";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "confirm_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::NOT_PICKED_UP,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeCompleted::KIND]);

/// Confirms that the goods are as agreed
///
/// Completes the trade; the seller is paid. Possible from the carrier's first scan of the parcel to
/// the buyer on, and of goods that arrived also while they are disputed or to be sent back.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The trade is completed"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Confirm).await
}

#[cfg(test)]
mod tests;
