//! The provider's truth found late (`rules.md`, "Payment"): money that came after it was given up,
//! and money that nothing here takes. A top-up is credited; what was for a trade goes back to where
//! it was paid from, without ever having been ours.

use kernel::{Instant, Won};

use super::{
    Cancelling, Decline, Payment, Purpose, Status, Truth, Verdict,
    provider::{Money, TruthState},
};

/// In the place of a request's idempotency key: who gives the money back.
const RETURNER: &str = "return-payment";
/// What the payer reads of it at the provider.
const REASON: &str = "거래가 결제를 받을 수 없음";

/// How far the money that goes back has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnProgress {
    /// The provider still has it, or still takes it.
    Kept,
    Returned,
    /// It never came, and will not.
    Void,
    /// A part of it went back, or it is for another amount: somebody must look.
    Contradiction,
}

impl Payment {
    /// What is found out about a payment that was given up. [`Verdict::Wait`]: nothing new.
    #[must_use]
    pub fn judge_late(&self, truth: &Truth) -> Verdict {
        match truth.state {
            TruthState::Deposit { .. } if self.purpose != Purpose::TopUp => Verdict::Unsupported,
            TruthState::Waiting | TruthState::Deposit { .. } | TruthState::Dead => Verdict::Wait,
            TruthState::Paid => match self.money(truth) {
                Money::Whole => Verdict::Paid,
                Money::Back => Verdict::Wait,
                Money::Otherwise => Verdict::Contradiction,
            },
        }
    }

    /// Its money, or the account that it may come into, is to go back: at once.
    #[must_use]
    pub fn returning(&self, decline: Decline, truth: &Truth, now: Instant) -> Self {
        let number = self.cancellations.saturating_add(1);
        let cancelling = Cancelling {
            number,
            amount: self.amount,
            reason: REASON.to_owned(),
            key: RETURNER.to_owned(),
            first_at: now,
            until: now,
        };
        Self {
            status: Status::Returning,
            cancellations: number,
            cancelling: Some(cancelling),
            ..self.named(truth).failed(decline)
        }
    }

    /// Whether what goes back of it does so by no request: what was never ours, and what a trade
    /// gives back.
    #[must_use]
    pub fn returns_by_itself(&self) -> bool {
        self.status == Status::Returning || self.purpose != Purpose::TopUp
    }

    /// What `truth` shows of the money that goes back: of what was never ours all of it, of what a
    /// trade gives back so much.
    #[must_use]
    pub fn judge_return(&self, truth: &Truth) -> ReturnProgress {
        if self.status != Status::Returning {
            return match self.cancel_took_effect(truth) {
                Some(true) => ReturnProgress::Returned,
                Some(false) => ReturnProgress::Kept,
                None => ReturnProgress::Contradiction,
            };
        }
        match truth.state {
            TruthState::Waiting | TruthState::Deposit { .. } => ReturnProgress::Kept,
            TruthState::Dead => ReturnProgress::Void,
            TruthState::Paid => match self.money(truth) {
                Money::Whole => ReturnProgress::Kept,
                Money::Back => ReturnProgress::Returned,
                Money::Otherwise => ReturnProgress::Contradiction,
            },
        }
    }

    /// It went back; `void`: nothing had come.
    #[must_use]
    pub fn returned(&self, void: bool) -> Self {
        let (status, cancelled) = match void {
            true => (Status::Failed, Won::ZERO),
            false => (Status::Returned, self.amount),
        };
        let version = self.version + 1;
        Self { status, cancelled, cancelling: None, version, ..self.unseen() }
    }

    /// The payer was given an account to pay into: what is known of it before the money comes.
    #[must_use]
    pub fn awaiting_deposit(&self, truth: &Truth, webhook_seal: Option<String>) -> Self {
        Self { webhook_seal, version: self.version + 1, ..self.named(truth) }
    }
}
