//! Says how the goods travel from the centre to the buyer.

use axum::extract::State;
use domain::{identity::Role, trade::Command};
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    acting::{self, Asked},
    parcel,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/forward";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "forward_trade",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Inspector))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::TRADE_NOT_FOUND, codes::FORBIDDEN, codes::WRONG_TRADE_STATE]),
)
.grants(acting::GRANTS)
.tells(&[TradeMoved::KIND]);

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
    path = PATH,
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
