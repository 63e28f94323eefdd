//! POST /v1/trades/{tradeId}/ship — says how the goods travel.

use axum::extract::State;
use domain::trade::Command;
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Http, IdempotencyRule, Json, Method, Now, Once, Path,
    Problem, Reply, Trigger,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    acting::{self, Asked},
    parcel,
    view::TradeView,
};

pub const FUNCTION: Function = Function {
    context: "trade",
    name: "ship_trade",
    summary: "Says how the goods travel",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/ship",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: &[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: acting::GRANTS,
    memory_mb: 256,
    timeout_s: 10,
};

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
    path = "/v1/trades/{tradeId}/ship",
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
