//! Rejections of the rules as problem documents.

use domain::{
    payment::{CancelRejection, ClaimRejection, Decline},
    trade,
};
use kernel::{Instant, PaymentId, codes};
use platform::{Once, Problem};

pub fn not_found(payment: PaymentId) -> Problem {
    Problem::new(codes::PAYMENT_NOT_FOUND, format!("You have no payment {payment}."))
}

/// Bids or trades wait for the card.
pub fn method_in_use() -> Problem {
    let detail = "Cancel the orders that name the card, and let its trades be paid, first.";
    Problem::new(codes::PAYMENT_METHOD_IN_USE, detail)
}

/// What the payer is told of a payment that came to nothing.
pub fn declined(decline: Decline) -> Problem {
    let code = match decline {
        Decline::MethodUnsupported => codes::METHOD_UNSUPPORTED,
        Decline::AmountTooSmall => codes::AMOUNT_TOO_SMALL,
        _ => codes::PAYMENT_DECLINED,
    };
    let problem = Problem::new(code, decline.detail());
    problem.member("reason", decline.as_str())
}

/// The provider did not answer, or not us; nothing happened.
pub fn unavailable(cause: impl std::fmt::Display) -> Problem {
    let detail = "The payment provider does not answer. Try again in a moment.";
    let mut problem = Problem::new(codes::PROVIDER_UNAVAILABLE, detail);
    problem.cause = Some(cause.to_string());
    problem.retry_after(kernel::Span::seconds(5))
}

/// Somebody is at it: the same request, or another one.
fn in_progress(holder: &str, until: Instant, once: &Once, now: Instant) -> Problem {
    let problem = if once.key() == Some(holder) {
        let detail = "Your first request is still at work. Ask again in a moment.";
        Problem::new(codes::IDEMPOTENCY_IN_PROGRESS, detail)
    } else {
        Problem::new(codes::PAYMENT_IN_PROGRESS, "The payment is at its provider.")
    };
    problem.retry_after(until.since(now).max(kernel::Span::seconds(1)))
}

/// It is paid, and by another key.
pub fn other_key() -> Problem {
    let detail = "The payment is done, and was confirmed with another key than this.";
    Problem::new(codes::PAYMENT_KEY_MISMATCH, detail)
}

/// Why a payment cannot be confirmed. [`ClaimRejection::Done`] is no problem for
/// whoever confirmed it: it is the answer.
pub fn claim(rejection: ClaimRejection, once: &Once, now: Instant) -> Problem {
    match rejection {
        ClaimRejection::AmountMismatch => Problem::new(
            codes::AMOUNT_MISMATCH,
            "The amount differs from the one the payment was begun with. Nothing was charged.",
        ),
        ClaimRejection::Failed(decline) => declined(decline),
        ClaimRejection::Done => other_key(),
        ClaimRejection::Cancelled => {
            Problem::new(codes::PAYMENT_CANCELLED, "The payment was given back.")
        }
        ClaimRejection::InProgress { key, until } => in_progress(&key, until, once, now),
    }
}

pub fn cancel(rejection: CancelRejection, once: &Once, now: Instant) -> Problem {
    match rejection {
        CancelRejection::NotTopUp => {
            Problem::new(codes::PAYMENT_NOT_CANCELLABLE, "Cancel the trade instead.")
        }
        CancelRejection::NotDone => {
            Problem::new(codes::PAYMENT_NOT_DONE, "The payment is not done.")
        }
        CancelRejection::Cancelled => {
            Problem::new(codes::PAYMENT_CANCELLED, "All of it was given back already.")
        }
        CancelRejection::TooMuch { left } => {
            let detail = format!("Only {left} won of the payment are left.");
            Problem::new(codes::CANCEL_EXCEEDS_PAYMENT, detail).member("left", left.get())
        }
        CancelRejection::InProgress { key, until } => in_progress(&key, until, once, now),
    }
}

/// Why a trade cannot be paid.
pub fn trade(rejection: trade::Rejection) -> Problem {
    let code = match rejection {
        trade::Rejection::WrongActor => codes::FORBIDDEN,
        trade::Rejection::WrongState { .. } => codes::WRONG_TRADE_STATE,
        trade::Rejection::PaymentInProgress => codes::PAYMENT_IN_PROGRESS,
        trade::Rejection::PaymentOverdue { .. } => codes::PAYMENT_OVERDUE,
        trade::Rejection::OtherAmount => codes::AMOUNT_MISMATCH,
        _ => return Problem::internal(rejection),
    };
    Problem::new(code, format!("Not payable: {rejection}."))
}
