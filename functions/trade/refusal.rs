//! Rejections of the rules as problem documents.

use domain::trade::{Decision, Rejection, Trade, Transition, policy::WRONG_CODES_MAX};
use kernel::{TradeId, codes};
use platform::Problem;
use store::{Label, trade::TradeWrite};

pub fn not_found(trade: TradeId) -> Problem {
    Problem::new(codes::TRADE_NOT_FOUND, format!("You have no trade {trade}."))
}

pub fn rejected(rejection: Rejection) -> Problem {
    let code = match rejection {
        Rejection::WrongActor => codes::FORBIDDEN,
        Rejection::WrongState { .. } => codes::WRONG_TRADE_STATE,
        Rejection::NotAnOffer => codes::NOT_AN_OFFER,
        Rejection::PaymentInProgress => codes::PAYMENT_IN_PROGRESS,
        Rejection::PaymentOverdue { .. } => codes::PAYMENT_OVERDUE,
        Rejection::ConsentOverdue { .. } => codes::CONSENT_OVERDUE,
        Rejection::NotPickedUp => codes::NOT_PICKED_UP,
        Rejection::ShipmentOverdue { .. } => codes::SHIPMENT_OVERDUE,
        Rejection::NotDirect => codes::IN_PERSON_UNAVAILABLE,
        Rejection::CodeUsedUp => codes::HANDOVER_CODE_USED_UP,
        Rejection::DisputeTooEarly { .. } => codes::DISPUTE_TOO_EARLY,
        Rejection::DisputeOverdue { .. } => codes::DISPUTE_OVERDUE,
        Rejection::StatementsClosed { .. } => codes::STATEMENTS_CLOSED,
        Rejection::TooManyStatements => codes::TOO_MANY_STATEMENTS,
        Rejection::NoSuchOffer => codes::NO_SUCH_REFUND_OFFER,
        Rejection::RefundNotPartial => codes::REFUND_NOT_PARTIAL,
        Rejection::VerdictUnavailable => codes::VERDICT_UNAVAILABLE,
        Rejection::ObjectionOverdue { .. } => codes::OBJECTION_OVERDUE,
        // Only our own workers can ask what these refuse.
        Rejection::OtherPayment
        | Rejection::OtherAmount
        | Rejection::NotDue
        | Rejection::TakesPenalty
        | Rejection::Books(_) => return Problem::internal(rejection),
    };
    let problem = Problem::rejected(code, &rejection);
    match rejection {
        Rejection::WrongState { state } => problem.member("state", state.as_str()),
        Rejection::PaymentOverdue { deadline }
        | Rejection::ConsentOverdue { deadline }
        | Rejection::ShipmentOverdue { deadline }
        | Rejection::DisputeOverdue { deadline }
        | Rejection::StatementsClosed { deadline }
        | Rejection::ObjectionOverdue { deadline } => {
            problem.member("deadline", deadline.to_string())
        }
        // Null: the carrier has not had it yet.
        Rejection::DisputeTooEarly { from } => {
            problem.member("from", from.map(|from| from.to_string()))
        }
        _ => problem,
    }
}

/// The state of the trade does not allow it.
pub fn wrong_state(trade: &Trade) -> Problem {
    rejected(Rejection::WrongState { state: trade.state })
}

/// Why a decision that is written down is a refusal all the same: a wrong code.
pub fn counted(decision: &Decision) -> Option<Problem> {
    let meeting =
        decision.trade.meeting.filter(|_| decision.transition == Transition::WrongCode)?;
    let left = WRONG_CODES_MAX.saturating_sub(meeting.wrong);
    let detail = format!("Ask the buyer for the code that is shown now. {left} tries are left.");
    Some(Problem::new(codes::WRONG_HANDOVER_CODE, detail).member("triesLeft", left))
}

/// What kept a decision from being committed, when it is not that the trade moved.
pub fn uncommitted(label: Label) -> Problem {
    match label {
        Label::Trade(TradeWrite::TrackingNumber) => Problem::new(
            codes::TRACKING_NUMBER_USED,
            "A tracking number stands in one shipment only. Check its digits.",
        ),
        other => Problem::try_again(format!("the decision met {other}")),
    }
}

pub fn insufficient() -> Problem {
    Problem::new(codes::INSUFFICIENT_BALANCE, "Top up your wallet first.")
}
