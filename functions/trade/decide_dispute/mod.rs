//! Decides a dispute (admin).

use axum::extract::State;
use domain::{
    identity::Role,
    trade::{Command, FreightPayer, Ruling, Verdict},
};
use events::{Event, TradeCancelled, TradeCompleted, TradeMoved};
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

const PATH: &str = "/v1/trades/{tradeId}/dispute/ruling";

pub const FUNCTION: Function = Function::endpoint(
    "trade",
    "decide_dispute",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Required)
        .problems(&[codes::TRADE_NOT_FOUND, codes::WRONG_TRADE_STATE, codes::VERDICT_UNAVAILABLE]),
)
.grants(command::REFUNDING)
.tells(&[TradeMoved::KIND, TradeCompleted::KIND, TradeCancelled::KIND]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DecideDispute {
    verdict: VerdictName,
    /// Of a `return`, and of nothing else: who pays the carrier.
    freight: Option<FreightPayerName>,
    /// 1 to 200 characters; both sides read it. Of a return it says where the goods go.
    #[schema(example = "사진과 다른 제품입니다", max_length = 200)]
    reason: String,
}

/// `complete`: the seller is paid. `return`: the buyer sends the goods back. `refund`: the buyer is
/// refunded for goods that never arrived, or that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum VerdictName {
    Complete,
    Return,
    Refund,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FreightPayerName {
    Buyer,
    Seller,
    Platform,
}

impl From<FreightPayerName> for FreightPayer {
    fn from(name: FreightPayerName) -> Self {
        match name {
            FreightPayerName::Buyer => Self::Buyer,
            FreightPayerName::Seller => Self::Seller,
            FreightPayerName::Platform => Self::Platform,
        }
    }
}

impl DecideDispute {
    fn verdict(&self) -> Result<Verdict, Problem> {
        match (self.verdict, self.freight) {
            (VerdictName::Complete, None) => Ok(Verdict::Complete),
            (VerdictName::Refund, None) => Ok(Verdict::Refund),
            (VerdictName::Return, Some(payer)) => Ok(Verdict::Return { freight: payer.into() }),
            _ => {
                let detail = "A return needs who pays its freight, and no other verdict has it.";
                Err(Problem::field("/freight", "invalid", detail))
            }
        }
    }
}

/// Decides a dispute
///
/// For admins who are no party: of a dispute that is open, and of a return that is in doubt. Goods
/// that were delivered are not refunded before they are back.
#[utoipa::path(
    post,
    path = PATH,
    params(("tradeId" = String, Path, format = Uuid, description = "The trade")),
    request_body = DecideDispute,
    responses((status = 200, body = TradeView, description = "Decided"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(trade): Path<TradeId>,
    once: Once,
    Json(body): Json<DecideDispute>,
) -> Result<Reply, Problem> {
    let verdict = body.verdict()?;
    let note = parse::reason(&body.reason)?.to_owned();
    let request = CommandRequest { once: &once, caller: &caller, trade, now };
    command::execute(&app, request, Command::Rule(Ruling { verdict, note, at: now })).await
}

#[cfg(test)]
mod tests;
