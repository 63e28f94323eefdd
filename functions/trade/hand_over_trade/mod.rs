//! Hands the goods over in person.

use axum::extract::State;
use domain::trade::{Command, Transition, decide, policy::WRONG_CODES_MAX};
use events::{Event, TradeCompleted, TradeMoved};
use kernel::{TradeId, codes};
use platform::{
    App, Caller, Function, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply, Secret,
    retry::Policy,
};
use serde::Deserialize;
use store::{Label, Transaction, trade::TradeWrite};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{command, meeting, refusal, view::TradeView};

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
    Path(id): Path<TradeId>,
    once: Once,
    Json(body): Json<HandOverTrade>,
) -> Result<Reply, Problem> {
    let entered = meeting::entered(&body.code)?;
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let mut attempts = HAND_OVER.attempts();
    while attempts.again() {
        let (trade, actor) = command::find(&app, &caller, id).await?;
        let is_right = meeting::is_code(&app, &trade, &entered)?;
        let decision = match decide(&trade, Command::HandOver { is_right }, actor, now) {
            Ok(decision) => decision,
            // Perhaps by the first of this request's repetitions, since the look above.
            Err(rejection) => {
                let first = once.replay(&app).await?;
                return first.ok_or_else(|| refusal::rejected(rejection));
            }
        };
        if decision.transition == Transition::WrongCode {
            // Counted whoever is told: an answer that is lost was a guess all the same.
            if !app.store.trade_commit(&trade, &decision, now).await? {
                continue;
            }
            let wrong = decision.trade.meeting.map_or(0, |meeting| meeting.wrong);
            return Err(wrong_code(WRONG_CODES_MAX.saturating_sub(wrong)));
        }
        let reply = Reply::ok(&TradeView::new(&decision.trade, actor))?;
        let transaction = Transaction::new().trade(&trade, &decision, now);
        let mut moved = false;
        let explain = |label, _| {
            moved = label == Label::Trade(TradeWrite::Change);
            refusal::uncommitted(label)
        };
        let outcome = once.commit(&app, transaction, reply, explain).await;
        if !moved {
            return outcome;
        }
    }
    Err(attempts.exhausted().into())
}

fn wrong_code(left: u8) -> Problem {
    let detail = format!("Ask the buyer for the code that is shown now. {left} tries are left.");
    Problem::new(codes::WRONG_HANDOVER_CODE, detail).member("triesLeft", left)
}

#[cfg(test)]
pub(crate) mod tests;
