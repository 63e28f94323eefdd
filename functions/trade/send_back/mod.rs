//! Says how the goods go back.

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
    parcel::Parcel,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/send-back";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "send_back",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::SHIPMENT_OVERDUE,
        codes::TRACKING_NUMBER_USED,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Says how the goods go back
///
/// By the buyer, within 72 hours after an admin decided so; what its carrier has not had 72 hours
/// later was not sent, and the seller is paid. Once it has arrived the seller may object for 48
/// hours; then the buyer is refunded. Its carrier loses it: the buyer is refunded, too.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = Parcel,
    responses((status = 200, body = TradeView, description = "On the way back"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<Parcel>,
) -> Result<Reply, Problem> {
    let command = Command::SendBack(body.number()?);
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
mod tests;
