//! Complains of a trade.

use axum::extract::State;
use domain::trade::{Command, Complaint, StatementText};
use events::{Event, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply, parse,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    command::{self, CommandRequest},
    dispute_view::PATH,
    view::TradeView,
};

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "open_dispute",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::TRADE_NOT_FOUND,
        codes::FORBIDDEN,
        codes::WRONG_TRADE_STATE,
        codes::DISPUTE_TOO_EARLY,
        codes::DISPUTE_OVERDUE,
    ]),
)
.grants(command::GRANTS)
.tells(&[TradeMoved::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OpenDispute {
    complaint: ComplaintName,
    /// 1 to 1,000 characters: the buyer's first statement.
    #[schema(value_type = String, example = "상자가 비어 있습니다", max_length = 1_000)]
    #[serde(deserialize_with = "parse::text")]
    text: StatementText,
}

/// What is complained of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ComplaintName {
    NotArrived,
    NotAsDescribed,
    Damaged,
    Incomplete,
    Counterfeit,
    Other,
}

impl From<ComplaintName> for Complaint {
    fn from(name: ComplaintName) -> Self {
        match name {
            ComplaintName::NotArrived => Self::NotArrived,
            ComplaintName::NotAsDescribed => Self::NotAsDescribed,
            ComplaintName::Damaged => Self::Damaged,
            ComplaintName::Incomplete => Self::Incomplete,
            ComplaintName::Counterfeit => Self::Counterfeit,
            ComplaintName::Other => Self::Other,
        }
    }
}

/// Complains of a trade
///
/// By the buyer: within 72 hours after the delivery, or of a parcel that its carrier has had for
/// seven days. The money stays where it is: both sides are heard for seven days, and an admin
/// decides within fourteen; the buyer may still confirm. Undecided by then, the trade is completed
/// if the goods were delivered, and else refunded.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = OpenDispute,
    responses((status = 200, body = TradeView, description = "Waits for an admin's decision"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<OpenDispute>,
) -> Result<Reply, Problem> {
    let command = Command::Dispute { complaint: body.complaint.into(), text: body.text };
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, command).await
}

#[cfg(test)]
pub(crate) mod tests;
