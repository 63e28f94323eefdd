//! Says something in a dispute.

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
    dispute_view::Said,
    view::TradeView,
};

const PATH: &str = "/v1/trades/{tradeId}/dispute/statements";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "make_statement",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::STATEMENTS_CLOSED,
        codes::TOO_MANY_STATEMENTS,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

/// Says something in a dispute
///
/// By either side, ten times at most: within seven days after the complaint, and within five after
/// a return came into doubt. The other side and the admin who decides read it; nobody changes it.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = Said,
    responses((status = 200, body = TradeView, description = "It was heard"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<Said>,
) -> Result<Reply, Problem> {
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::MakeStatement { text: body.text }).await
}

#[cfg(test)]
mod tests;
