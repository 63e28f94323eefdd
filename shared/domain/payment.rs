//! Payments through providers (`rules.md`, "Payment").
//!
//! A payment is claimed before its provider is called, and what the provider then says of it is the
//! truth. Whatever is not known for certain stays `approving` until the provider was read again.

pub mod charge;
pub mod method;
mod provider;

#[cfg(test)]
mod tests;

use kernel::{AddressId, Instant, PaymentId, Span, TradeId, UserId, Won};

pub use provider::{
    Decline, Provider, ProviderName, Truth, TruthState, UnknownProvider, Unsupported,
};

/// How long one confirmation has the payment for itself: longer than a provider may take to answer.
pub const CLAIM_LEASE: Span = Span::seconds(60);
/// A confirmation that the provider knows nothing of after this long never reached it.
pub const LOST_AFTER: Span = Span::minutes(15);
/// In the place of a request's idempotency key: who claims the charge of a card.
const CHARGER: &str = "charge-card";

/// The most that one payment may be.
pub const PAYMENT_MAX: Won = Won::constant(100_000_000);

/// What the money is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Into the payer's own wallet.
    TopUp,
    /// What a trade costs its buyer, into the trade's escrow; the goods go to `address`.
    Trade { trade: TradeId, address: AddressId },
    /// The same for a match of the exchange: the buyer's card is charged, and the trade knows its
    /// address.
    Match { trade: TradeId },
}

/// `ready → approving → done | failed`, `done → partially cancelled → cancelled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Ready,
    Approving,
    Done,
    Failed,
    PartiallyCancelled,
    Cancelled,
}

/// One attempt to take money through a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub user: UserId,
    pub purpose: Purpose,
    pub amount: Won,
    pub provider: Provider,
    pub status: Status,
    pub created_at: Instant,
    /// The provider's name for it: Toss's `paymentKey`, KakaoPay's `tid`.
    pub provider_key: Option<String>,
    pub claim: Option<Claim>,
    /// Why it failed.
    pub decline: Option<Decline>,
    /// How it was paid, in the provider's words.
    pub method: Option<String>,
    pub done_at: Option<Instant>,
    /// A keyed hash of the secret that the provider's deposit webhooks must carry.
    pub webhook_seal: Option<String>,
    /// Given back so far.
    pub cancelled: Won,
    /// How many cancellations were begun.
    pub cancellations: u32,
    /// The one that is under way.
    pub cancelling: Option<Cancelling>,
    /// Rises with every change: what every change is conditional on.
    pub version: u32,
}

/// Who is confirming it, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The idempotency key of the request that claimed it.
    pub key: String,
    pub first_at: Instant,
    pub until: Instant,
}

/// A cancellation under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancelling {
    pub number: u32,
    pub amount: Won,
    pub reason: String,
    /// The idempotency key of the request that began it.
    pub key: String,
    pub first_at: Instant,
    pub until: Instant,
}

/// Why a payment cannot be confirmed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimRejection {
    /// The client believes that it costs something else.
    AmountMismatch,
    /// It is done already: the same answer again.
    Done,
    Failed(Decline),
    Cancelled,
    /// Somebody is at it until then.
    InProgress {
        key: String,
        until: Instant,
    },
}

/// Why a payment cannot be given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelRejection {
    /// Only top-ups go back: a trade's money goes back by the trade.
    NotTopUp,
    NotDone,
    Cancelled,
    /// More than what is left of it.
    TooMuch {
        left: Won,
    },
    /// Another cancellation is under way until then.
    InProgress {
        key: String,
        until: Instant,
    },
}

/// What the provider's word makes of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not decided yet.
    Wait,
    Paid,
    Failed(Decline),
    /// The provider tells of another amount than ours: nothing is credited, somebody must look.
    Contradiction,
}

impl Purpose {
    /// The trade that is paid.
    #[must_use]
    pub const fn trade(self) -> Option<TradeId> {
        match self {
            Self::TopUp => None,
            Self::Trade { trade, .. } | Self::Match { trade } => Some(trade),
        }
    }
}

impl Status {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Approving => "approving",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::PartiallyCancelled => "partially_cancelled",
            Self::Cancelled => "cancelled",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [Status; 6] = [
            Status::Ready,
            Status::Approving,
            Status::Done,
            Status::Failed,
            Status::PartiallyCancelled,
            Status::Cancelled,
        ];
        ALL.into_iter().find(|status| status.as_str() == text)
    }
}

impl Claim {
    fn by(key: &str, now: Instant) -> Self {
        Self { key: key.to_owned(), first_at: now, until: now + CLAIM_LEASE }
    }
}

impl Payment {
    /// A payment that nobody has paid yet.
    #[must_use]
    pub const fn new(
        id: PaymentId,
        user: UserId,
        purpose: Purpose,
        amount: Won,
        provider: Provider,
        now: Instant,
    ) -> Self {
        Self {
            id,
            user,
            purpose,
            amount,
            provider,
            status: Status::Ready,
            created_at: now,
            provider_key: None,
            claim: None,
            decline: None,
            method: None,
            done_at: None,
            webhook_seal: None,
            cancelled: Won::ZERO,
            cancellations: 0,
            cancelling: None,
            version: 1,
        }
    }

    /// What can still be given back.
    #[must_use]
    pub fn left(&self) -> Won {
        self.amount.checked_sub(self.cancelled).unwrap_or_default()
    }

    /// Whether the money arrived, whatever happened to it later.
    #[must_use]
    pub const fn is_paid(&self) -> bool {
        matches!(self.status, Status::Done | Status::PartiallyCancelled | Status::Cancelled)
    }

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
        Ok(Self { status: Status::Approving, claim: Some(claim), version, ..self.clone() })
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

    /// The money arrived.
    #[must_use]
    pub fn done(&self, truth: &Truth, webhook_seal: Option<String>, now: Instant) -> Self {
        Self {
            status: Status::Done,
            provider_key: truth.key.clone().or_else(|| self.provider_key.clone()),
            method: truth.method.clone(),
            webhook_seal,
            done_at: Some(now),
            claim: None,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The money will not arrive.
    #[must_use]
    pub fn failed(&self, decline: Decline) -> Self {
        Self {
            status: Status::Failed,
            decline: Some(decline),
            claim: None,
            version: self.version + 1,
            ..self.clone()
        }
    }

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
            Status::Ready | Status::Approving | Status::Failed => {
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
        let mut next = Self { cancelling: None, version: self.version + 1, ..self.clone() };
        if let (Some(cancelling), true) = (&self.cancelling, took_effect) {
            next.cancelled = self.cancelled.saturating_add(cancelling.amount);
            let all = next.cancelled >= self.amount;
            next.status = if all { Status::Cancelled } else { Status::PartiallyCancelled };
        }
        next
    }
}
