//! POST /v1/trades/{tradeId}/ship — says how the goods travel.

use axum::extract::State;
use domain::trade::{Command, Shipment};
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

const CARRIER_CHARS_MAX: usize = 40;
const TRACKING_CHARS_MAX: usize = 40;

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
    let command = Command::Ship(shipment(&body)?);
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, command).await
}

fn shipment(body: &ShipTrade) -> Result<Shipment, Problem> {
    let (carrier, number) = (body.carrier.trim(), body.tracking_number.trim());
    let length = carrier.chars().count();
    if !(1..=CARRIER_CHARS_MAX).contains(&length) || carrier.chars().any(char::is_control) {
        let detail = "The carrier must have 1 to 40 characters.";
        return Err(Problem::field("/carrier", "invalid", detail));
    }
    let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !(1..=TRACKING_CHARS_MAX).contains(&number.len()) || !plain {
        let detail = "A tracking number has 1 to 40 letters, digits and hyphens.";
        return Err(Problem::field("/trackingNumber", "invalid", detail));
    }
    Ok(Shipment { carrier: carrier.to_owned(), tracking_number: number.to_owned() })
}

#[cfg(test)]
mod tests;
