//! Offers that a part of the price is given back.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeMoved};
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

const PATH: &str = "/v1/trades/{tradeId}/dispute/refund-offers";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "offer_partial_refund",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::REFUND_NOT_PARTIAL,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Offers that a part of the price is given back
///
/// By either side of a dispute: the buyer keeps the goods and has so much of the price back. The
/// newest offer counts, whosever it is; the other side may accept it for 48 hours.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = PartialRefund,
    responses((status = 200, body = TradeView, description = "Waits for the other side"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<PartialRefund>,
) -> Result<Reply, Problem> {
    let command = Command::OfferRefund { amount: body.amount()? };
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
mod tests;
