//! Has another code count at the handing over.

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

const PATH: &str = "/v1/trades/{tradeId}/handover-code/renew";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "renew_handover_code",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Has another code count at the handing over
///
/// By the buyer, after five wrong ones, or when somebody has seen it. The one before counts no
/// more.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "Another code counts"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::RenewCode).await
}

#[cfg(test)]
mod tests;
