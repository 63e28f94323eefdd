//! Says that the goods have arrived (admin).

use axum::extract::State;
use domain::{identity::Role, trade::Command};
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    Access, App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
    parse,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/deliver";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "deliver_trade",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::TRADE_NOT_FOUND, codes::WRONG_TRADE_STATE]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeliverTrade {
    /// 1 to 200 characters; kept in the log of what staff did.
    #[schema(example = "택배사 서면 확인", max_length = 200)]
    reason: String,
}

/// Says that the goods have arrived
///
/// For admins, with a reason, where the carrier cannot be asked or is wrong: else it is the
/// carrier's word that counts, and never a party's. The buyer has 72 hours to confirm; silence
/// completes the trade. Nobody decides as staff about a trade of their own.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = DeliverTrade,
    responses((status = 200, body = TradeView, description = "Waits for the buyer's word"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<DeliverTrade>,
) -> Result<Reply, Problem> {
    let note = Some(parse::reason(&body.reason)?.to_owned());
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Deliver { note }).await
}

#[cfg(test)]
mod tests;
