//! Taking a payment for one confirmation, and what the provider's word makes of it.

use kernel::{Instant, Span, Won};

use super::{
    CHARGER, CLAIM_LEASE, Claim, ClaimRejection, LOST_AFTER, Payment, Purpose, Status, Verdict,
    provider::{Decline, Money, Provider, Truth, TruthState},
};

/// How long a deposit is waited for when the provider does not say: as long as Toss keeps an
/// account open by itself (`validHours`).
const DEPOSIT_WITHIN: Span = Span::hours(168);

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
            Status::Failed | Status::Returning | Status::Returned => {
                return Err(ClaimRejection::Failed(self.decline.unwrap_or(Decline::Other)));
            }
            Status::Done | Status::PartiallyCancelled => return Err(ClaimRejection::Done),
            Status::Cancelled => return Err(ClaimRejection::Cancelled),
        }
        let first_at = self.claim.as_ref().map_or(now, |claim| claim.first_at);
        let claim = Claim { first_at, ..Claim::by(key, now) };
        let version = self.version + 1;
        let status = Status::Approving;
        let unseen = self.unseen();
        Ok(Self { status, claim: Some(claim), version, ..unseen })
    }

    /// When it ends, if nobody confirms it.
    #[must_use]
    pub fn ends_at(&self) -> Instant {
        self.created_at + self.provider.confirm_within()
    }

    /// Whether nobody has confirmed it in its time.
    #[must_use]
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.status == Status::Ready && self.ends_at() <= now
    }

    /// Whether a payment that is paid was confirmed by this: what the payer brought back, or its
    /// seal. Of before seals were kept, any token of a provider whose tokens are no names.
    #[must_use]
    pub fn was_confirmed_by(&self, token: &str, seal: &str) -> bool {
        match self.provider {
            Provider::Toss => self.provider_key.as_deref() == Some(token),
            Provider::KakaoPay => self.token_seal.as_deref().is_none_or(|kept| kept == seal),
        }
    }

    /// Its provider is asked again, with another token than before.
    #[must_use]
    pub fn asked_with(&self, seal: &str) -> Self {
        let token_seal = Some(seal.to_owned());
        Self { token_seal, version: self.version + 1, ..self.clone() }
    }

    /// What its confirmation brought was not this payment's: it waits for what is.
    #[must_use]
    pub fn reopened(&self) -> Self {
        let provider_key = match self.provider {
            Provider::Toss => None,
            Provider::KakaoPay => self.provider_key.clone(),
        };
        Self {
            status: Status::Ready,
            provider_key,
            token_seal: None,
            claim: None,
            version: self.version + 1,
            ..self.unseen()
        }
    }

    /// What `truth` (`None`: the provider does not know the payment) makes of a claimed payment.
    #[must_use]
    pub fn judge(&self, truth: Option<&Truth>, now: Instant) -> Verdict {
        let first_at = self.claim.as_ref().map_or(self.created_at, |claim| claim.first_at);
        let lost = now.since(first_at) >= LOST_AFTER;
        let Some(truth) = truth else {
            return if lost { Verdict::GivenUp(Decline::NotFound) } else { Verdict::Wait };
        };
        match truth.state {
            TruthState::Waiting if lost => Verdict::GivenUp(Decline::Expired),
            TruthState::Waiting => Verdict::Wait,
            TruthState::Deposit { .. } if self.purpose != Purpose::TopUp => Verdict::Unsupported,
            TruthState::Deposit { due } if now < due.unwrap_or(first_at + DEPOSIT_WITHIN) => {
                Verdict::Wait
            }
            TruthState::Deposit { .. } => Verdict::GivenUp(Decline::Expired),
            TruthState::Dead => Verdict::Failed(Decline::Expired),
            TruthState::Paid => match self.money(truth) {
                Money::Whole => Verdict::Paid,
                // Taken back at the provider before we came to book it.
                Money::Back => Verdict::Failed(Decline::Other),
                Money::Otherwise => Verdict::Contradiction,
            },
        }
    }
}
