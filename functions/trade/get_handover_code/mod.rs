//! The code that a buyer shows at the handing over.

use axum::extract::State;
use domain::trade::{Actor, Duty, Rejection, policy::WRONG_CODES_MAX};
use kernel::{TradeId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem, Reply, Secret};
use serde::Serialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{command, meeting, refusal};

const PATH: &str = "/v1/trades/{tradeId}/handover-code";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "get_handover_code",
    Http::get(PATH, || routes!(handle)).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
    ]),
)
.grants(&[Grant::table(Table::Trade).get()])
.secrets(&[Secret::Sealing]);

/// What a buyer shows at the handing over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HandoverCodeView {
    /// Six digits.
    #[schema(example = "048213")]
    code: String,
    /// How many wrong codes the seller may still enter before it has to be renewed.
    #[schema(example = 5)]
    tries_left: u8,
}

/// The code that a buyer shows at the handing over
///
/// For the buyer of goods that are handed over in person. Whoever enters it completes the trade:
/// show it when the goods are there and right.
#[utoipa::path(
    get,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    responses((status = 200, body = HandoverCodeView, description = "The code that counts now"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<TradeId>,
) -> Result<Reply, Problem> {
    let (trade, actor) = command::find(&app, &caller, id).await?;
    if actor != Actor::Buyer {
        return Err(refusal::rejected(Rejection::WrongActor));
    }
    let waits = trade.duty() == Some(Duty::Meet);
    let Some(meeting) = trade.meeting.filter(|_| waits) else {
        return Err(refusal::wrong_state(&trade));
    };
    let code = meeting::code(&app, &trade, meeting)?;
    let tries_left = WRONG_CODES_MAX.saturating_sub(meeting.wrong);
    Reply::ok(&HandoverCodeView { code, tries_left })
}

#[cfg(test)]
mod tests;
