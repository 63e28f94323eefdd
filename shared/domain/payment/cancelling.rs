//! Money that goes back to where it was paid from: begun, taken over when its request is gone,
//! ended by what the provider shows.

use kernel::{Instant, Won};

use super::{CLAIM_LEASE, CancelRejection, Cancelling, Payment, Purpose, Status, provider::Truth};

/// In the place of a request's idempotency key: who gives back what a trade needs no more.
const REFUNDER: &str = "refund-trade";
/// What the payer reads of it at the provider.
const REFUND_REASON: &str = "거래 환불";

impl Cancelling {
    /// The one that a trade asks for: its payment's only one. Nobody is at it yet.
    #[must_use]
    pub fn of_trade(amount: Won, now: Instant) -> Self {
        Self {
            number: 1,
            amount,
            reason: REFUND_REASON.to_owned(),
            key: REFUNDER.to_owned(),
            first_at: now,
            until: now,
        }
    }
}

impl Payment {
    /// Begins to give `amount` back (all that is left when absent).
    pub fn begin_cancel(
        &self,
        amount: Option<Won>,
        reason: &str,
        key: &str,
        now: Instant,
    ) -> Result<(Self, Cancelling), CancelRejection> {
        if self.purpose != Purpose::TopUp {
            return Err(CancelRejection::NotTopUp);
        }
        match self.status {
            Status::Ready
            | Status::Approving
            | Status::Failed
            | Status::Returning
            | Status::Returned => {
                return Err(CancelRejection::NotDone);
            }
            Status::Cancelled => return Err(CancelRejection::Cancelled),
            Status::Done | Status::PartiallyCancelled => {}
        }
        if let Some(Cancelling { key, until, .. }) = self.cancelling.clone() {
            return Err(CancelRejection::InProgress { key, until });
        }
        let left = self.left();
        let number = self.cancellations + 1;
        let amount = amount.unwrap_or(left);
        if amount > left {
            return Err(CancelRejection::TooMuch { left });
        }
        let reason = reason.to_owned();
        let key = key.to_owned();
        let cancelling =
            Cancelling { number, amount, reason, key, first_at: now, until: now + CLAIM_LEASE };
        let version = self.version + 1;
        let begun = Some(cancelling.clone());
        let payment = Self { cancellations: number, cancelling: begun, version, ..self.clone() };
        Ok((payment, cancelling))
    }

    /// Takes over a cancellation whose request is gone.
    #[must_use]
    pub fn resume_cancel(&self, now: Instant) -> Option<(Self, Cancelling)> {
        let cancelling = self.cancelling.clone().filter(|cancelling| cancelling.until <= now)?;
        let cancelling = Cancelling { until: now + CLAIM_LEASE, ..cancelling };
        let version = self.version + 1;
        Some((Self { cancelling: Some(cancelling.clone()), version, ..self.clone() }, cancelling))
    }

    /// Whether `truth` shows that the cancellation under way took effect; `None`: it shows neither.
    #[must_use]
    pub fn cancel_took_effect(&self, truth: &Truth) -> Option<bool> {
        let cancelling = self.cancelling.as_ref()?;
        let after = self.cancelled.checked_add(cancelling.amount)?;
        match truth.cancelled {
            cancelled if cancelled == after => Some(true),
            cancelled if cancelled == self.cancelled => Some(false),
            _ => None,
        }
    }

    /// The cancellation under way took effect (or was refused).
    #[must_use]
    pub fn end_cancel(&self, took_effect: bool) -> Self {
        let version = self.version + 1;
        let mut next = Self { cancelling: None, version, ..self.unseen() };
        if let (Some(cancelling), true) = (&self.cancelling, took_effect) {
            next.cancelled = self.cancelled.saturating_add(cancelling.amount);
            let all = next.cancelled >= self.amount;
            next.status = if all { Status::Cancelled } else { Status::PartiallyCancelled };
        }
        next
    }
}
