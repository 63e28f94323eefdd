//! Accepts that a part of the price is given back.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeCompleted};
use kernel::{TradeId, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    dispute_view::PartialRefund,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/dispute/refund";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "accept_partial_refund",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::NO_SUCH_REFUND_OFFER,
    ]),
)
.grants(command::REFUNDING)
.tells(&[TradeCompleted::KIND]);

/// Accepts that a part of the price is given back
///
/// What the other side offers, by just that amount: the buyer has it at once, and the trade is
/// completed. The seller is paid the rest of the price without the fee on it.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = PartialRefund,
    responses((status = 200, body = TradeView, description = "Completed; the part is refunded"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<PartialRefund>,
) -> Result<Reply, Problem> {
    let command = Command::AcceptRefund { amount: body.amount()? };
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
mod tests;
