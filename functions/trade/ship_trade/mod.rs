//! Says how the goods travel.

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

const PATH: &str = "/v1/trades/{tradeId}/ship";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "ship_trade",
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

/// Says how the goods travel
///
/// By the seller, within 48 hours after the payment; a missed shipment cancels the trade, refunds
/// the buyer, and costs the seller 10 % of the price. A tracking number stands in one shipment
/// only.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = Parcel,
    responses((status = 200, body = TradeView, description = "On the way"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<Parcel>,
) -> Result<Reply, Problem> {
    let command = Command::Ship(body.number()?);
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
pub(crate) mod tests;
