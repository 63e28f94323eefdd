//! POST /v1/trades/{tradeId}/forward — says how the goods travel from the centre to the buyer.

use axum::extract::State;
use domain::{identity::Role, trade::Command};
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
    name: "forward_trade",
    summary: "Says how the goods travel from the centre to the buyer",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/trades/{tradeId}/forward",
        access: Access::Role(Role::Inspector),
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
struct ForwardTrade {
    /// 1 to 40 characters.
    #[schema(example = "CJ대한통운", max_length = 40)]
    carrier: String,
    /// 1 to 40 letters, digits and hyphens.
    #[schema(example = "688712345679", max_length = 40)]
    tracking_number: String,
}

/// Says how the goods travel from the centre to the buyer
///
/// By an inspector, once the goods passed or the buyer consented. `deliver` says when they arrived.
#[utoipa::path(
    post,
    path = "/v1/trades/{tradeId}/forward",
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = ForwardTrade,
    responses((status = 200, body = TradeView, description = "On the way to the buyer"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<ForwardTrade>,
) -> Result<Reply, Problem> {
    let command = Command::Forward(parcel::shipment(&body.carrier, &body.tracking_number)?);
    let asked = Asked { once: &once, caller: &caller, trade, now };
    acting::carry_out(&app, asked, command).await
}

#[cfg(test)]
mod tests;
