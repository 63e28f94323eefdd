//! Says how the goods travel from the centre to the buyer.

use axum::extract::State;
use domain::{identity::Role, trade::Command};
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
};
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    parcel::Parcel,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/forward";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "forward_trade",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Inspector))
        .idempotency(IdempotencyRule::Required)
        .problems(&[
            codes::TRADE_NOT_FOUND,
            codes::FORBIDDEN,
            codes::WRONG_TRADE_STATE,
            codes::TRACKING_NUMBER_USED,
        ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Says how the goods travel from the centre to the buyer
///
/// By an inspector, once the goods passed or the buyer consented. `deliver` says when they arrived.
/// A tracking number stands in one shipment only: not in the one to the centre either.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = Parcel,
    responses((status = 200, body = TradeView, description = "On the way to the buyer"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<Parcel>,
) -> Result<Reply, Problem> {
    let command = Command::Forward(body.number()?);
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
mod tests;
