//! Taking a payment for one confirmation, and what the provider's word makes of it.

use kernel::{Instant, Won};

use super::{
    CHARGER, CLAIM_LEASE, Claim, ClaimRejection, LOST_AFTER, Payment, Purpose, Status, Verdict,
    provider::{Decline, Truth, TruthState},
};

impl Claim {
    fn by(key: &str, now: Instant) -> Self {
        Self { key: key.to_owned(), first_at: now, until: now + CLAIM_LEASE }
    }
}

impl Payment {
    /// Takes the payment for one confirmation. `amount`: what the client believes it costs.
    /// A charge of a card is no client's to confirm: it is always under way.
    pub fn claim(
        &self,
        amount: Option<Won>,
        key: &str,
        now: Instant,
    ) -> Result<Self, ClaimRejection> {
        if amount.is_some_and(|amount| amount != self.amount) {
            return Err(ClaimRejection::AmountMismatch);
        }
        let open = matches!(self.status, Status::Ready | Status::Approving);
        if open && matches!(self.purpose, Purpose::Match { .. }) {
            let claim = self.claim.clone().unwrap_or_else(|| Claim::by(CHARGER, now));
            return Err(ClaimRejection::InProgress { key: claim.key, until: claim.until });
        }
        self.take(key, now)
    }

    /// Takes the charge of a card for one attempt of the worker.
    pub fn claim_charge(&self, now: Instant) -> Result<Self, ClaimRejection> {
        self.take(CHARGER, now)
    }

    fn take(&self, key: &str, now: Instant) -> Result<Self, ClaimRejection> {
        match self.status {
            Status::Ready => {}
            Status::Approving => {
                let claim = self.claim.as_ref().filter(|claim| now < claim.until);
                if let Some(Claim { key, until, .. }) = claim.cloned() {
                    return Err(ClaimRejection::InProgress { key, until });
                }
            }
            Status::Failed => {
                return Err(ClaimRejection::Failed(self.decline.unwrap_or(Decline::Other)));
            }
            Status::Done | Status::PartiallyCancelled => return Err(ClaimRejection::Done),
            Status::Cancelled => return Err(ClaimRejection::Cancelled),
        }
        let first_at = self.claim.as_ref().map_or(now, |claim| claim.first_at);
        let claim = Claim { first_at, ..Claim::by(key, now) };
        let version = self.version + 1;
        let (looks, look_at) = (0, None);
        let status = Status::Approving;
        Ok(Self { status, claim: Some(claim), looks, look_at, version, ..self.clone() })
    }

    /// What `truth` (`None`: the provider does not know the payment) makes of a claimed payment.
    #[must_use]
    pub fn judge(&self, truth: Option<&Truth>, now: Instant) -> Verdict {
        let first_at = self.claim.as_ref().map_or(self.created_at, |claim| claim.first_at);
        let lost = now.since(first_at) >= LOST_AFTER;
        let Some(truth) = truth else {
            return if lost { Verdict::Failed(Decline::NotFound) } else { Verdict::Wait };
        };
        match truth.state {
            TruthState::Waiting if lost => Verdict::Failed(Decline::Expired),
            TruthState::Waiting => Verdict::Wait,
            TruthState::Dead => Verdict::Failed(Decline::Expired),
            TruthState::Paid if truth.amount != self.amount => Verdict::Contradiction,
            // Taken back at the provider before we came to book it.
            TruthState::Paid if truth.cancelled == self.amount => Verdict::Failed(Decline::Other),
            TruthState::Paid if truth.cancelled > Won::ZERO => Verdict::Contradiction,
            TruthState::Paid => Verdict::Paid,
        }
    }
}
