//! Objects to what came back.

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
    dispute_view::Said,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/objection";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "object_to_return",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::OBJECTION_OVERDUE,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Objects to what came back
///
/// By the seller, within 48 hours after the carrier brought it: it is not what was sent, or it is
/// not there. An admin decides; after fourteen days without a decision the buyer is refunded.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = Said,
    responses((status = 200, body = TradeView, description = "Waits for an admin's decision"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<Said>,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Object { text: body.text }).await
}

#[cfg(test)]
mod tests;
