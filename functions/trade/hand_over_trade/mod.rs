//! Hands the goods over in person.

use axum::extract::State;
use domain::trade::Command;
use events::{Event, TradeCompleted, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply, Secret,
    retry::Policy,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    meeting,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/hand-over";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "hand_over_trade",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::SHIPMENT_OVERDUE,
        codes::WRONG_HANDOVER_CODE,
        codes::HANDOVER_CODE_USED_UP,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND, TradeCompleted::KIND])
.secrets(&[Secret::Sealing]);

/// Somebody else moves the trade between reading and writing at most this often: guesses at once
/// are counted one by one.
const HAND_OVER: Policy = Policy::named("hand-over-trade", 16);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HandOverTrade {
    /// What the buyer's app shows: six digits.
    #[schema(example = "048213", max_length = 20)]
    code: String,
}

/// Hands the goods over in person
///
/// By the seller, with the code that the buyer shows once the goods are looked at: the trade is
/// completed, and the seller is paid. Five wrong codes, and the buyer has to renew it.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = HandOverTrade,
    responses((status = 200, body = TradeView, description = "The trade is completed"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<HandOverTrade>,
) -> Result<Reply, Problem> {
    let entered = meeting::entered(&body.code)?;
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute_on(&app, request, HAND_OVER, |trade| {
        let is_right = meeting::is_code(&app, trade, &entered)?;
        Ok(Command::HandOver { is_right })
    })
    .await
}

#[cfg(test)]
pub(crate) mod tests;
