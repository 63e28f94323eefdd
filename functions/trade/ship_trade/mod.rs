//! Says how the goods travel.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    acting::{self, Asked},
    parcel,
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
    ]),
)
.grants(acting::GRANTS)
.tells(&[TradeMoved::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ShipTrade {
    /// 1 to 40 characters.
    #[schema(example = "CJ대한통운", max_length = 40)]
    carrier: String,
    /// 1 to 40 letters, digits and hyphens.
    #[schema(example = "688712345678", max_length = 40)]
    tracking_number: String,
}

/// Says how the goods travel
///
/// By the seller, within 48 hours after the payment; a missed shipment cancels the trade, refunds
/// the buyer, and costs the seller 10 % of the price.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = ShipTrade,
    responses((status = 200, body = TradeView, description = "On the way"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<ShipTrade>,
) -> Result<Reply, Problem> {
    let command = Command::Ship(parcel::shipment(&body.carrier, &body.tracking_number)?);
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, command).await
}

#[cfg(test)]
mod tests;
