//! The goods have reached the inspection centre.

use axum::extract::State;
use domain::{identity::Role, trade::Command};
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Function, Http, IdempotencyRule, Now, Once, Path, Problem, Reply,
};
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/receive";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "receive_trade",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Inspector))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Says that the goods have reached the inspection centre
///
/// By an inspector who is neither buyer nor seller, of a trade that is inspected and on its way.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = TradeView, description = "The goods are inspected next"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Receive).await
}

#[cfg(test)]
mod tests;
