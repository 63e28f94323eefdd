//! Takes a sale back.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeCancelled};
use kernel::{TradeId, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply, parse,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest, PENALIZING},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "cancel_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::PAYMENT_IN_PROGRESS,
    ]),
)
.grants(PENALIZING)
.tells(&[TradeCancelled::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelTrade {
    /// 1 to 200 characters; both sides read it.
    #[schema(example = "물건이 파손되었습니다", max_length = 200)]
    reason: String,
}

/// Takes a sale back
///
/// The buyer before paying (it counts as an unpaid win, unless it is a second-chance offer); the
/// seller before shipping (once it is paid, for 5 % of the price within the first hour and 10 %
/// later, paid to the buyer); an admin until the goods are delivered or disputed. What was paid is
/// refunded.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = CancelTrade,
    responses((status = 200, body = TradeView, description = "Cancelled, refunded if paid"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<CancelTrade>,
) -> Result<Reply, Problem> {
    let command = Command::Cancel { note: Some(parse::reason(&body.reason)?.to_owned()) };
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
mod tests;
