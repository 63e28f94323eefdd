//! Payments through providers (`rules.md`, "Payment").
//!
//! A payment is claimed before its provider is called, and what the provider then says of it is the
//! truth. Whatever is not known for certain stays `approving` until the provider was read again.

pub mod breaker;
mod cancelling;
pub mod charge;
mod claiming;
mod looks;
pub mod method;
mod provider;
mod returning;

#[cfg(test)]
mod tests;

use kernel::{AddressId, Instant, PaymentId, Span, TradeId, UserId, Won};

use crate::identity::Address;

pub use looks::{LATE_LOOKS, LOOK_PAUSE, LOOK_PAUSE_MAX, pause_after};
use provider::Money;
pub use provider::{
    Decline, Provider, ProviderName, Truth, TruthState, UnknownProvider, Unsupported,
};
pub use returning::ReturnProgress;

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

/// `ready → approving → done | failed`, `done → partially cancelled → cancelled` (what a trade
/// gives back stays `done` when the provider refuses it for good); a wrong key makes
/// it `ready` again, and its time over `failed`. What is found late makes of a failed one a done
/// one, or `returning → returned`, which ends `done` when the provider refuses the money for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    Ready,
    Approving,
    Done,
    Failed,
    PartiallyCancelled,
    Cancelled,
    /// The provider has money that nothing here takes; it is on its way back.
    Returning,
    /// It went back to where it was paid from, and never was ours.
    Returned,
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
    /// A keyed hash of what the payer brought back from a provider that names it otherwise
    /// (KakaoPay's `pg_token`).
    pub token_seal: Option<String>,
    /// Where the goods of its trade go, as the address was when the payment was begun: whatever
    /// becomes of the address book. Until it ends.
    pub ships_to: Option<Address>,
    pub claim: Option<Claim>,
    /// Why it failed, or why its money goes back.
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
    /// How often its provider was asked what became of it, and had not decided or did not say.
    pub looks: u32,
    /// When it is asked next.
    pub look_at: Option<Instant>,
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
    /// We wait no longer. The provider may still be found to have taken the money.
    GivenUp(Decline),
    /// It is being paid in a way that its trade cannot wait for.
    Unsupported,
    /// What the payer brought back is not this payment's: what is may still come.
    Reopened(Decline),
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
            Self::Returning => "returning",
            Self::Returned => "returned",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [Status; 8] = [
            Status::Ready,
            Status::Approving,
            Status::Done,
            Status::Failed,
            Status::PartiallyCancelled,
            Status::Cancelled,
            Status::Returning,
            Status::Returned,
        ];
        ALL.into_iter().find(|status| status.as_str() == text)
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
            token_seal: None,
            ships_to: None,
            claim: None,
            decline: None,
            method: None,
            done_at: None,
            webhook_seal: None,
            cancelled: Won::ZERO,
            cancellations: 0,
            cancelling: None,
            looks: 0,
            look_at: None,
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

    /// The money arrived.
    #[must_use]
    pub fn done(&self, truth: &Truth, webhook_seal: Option<String>, now: Instant) -> Self {
        Self {
            status: Status::Done,
            webhook_seal,
            done_at: Some(now),
            decline: None,
            ships_to: None,
            claim: None,
            cancelling: None,
            version: self.version + 1,
            ..self.named(truth).unseen()
        }
    }

    /// The same with the names that the provider gives it, and the way of paying.
    fn named(&self, truth: &Truth) -> Self {
        let provider_key = truth.key.clone().or_else(|| self.provider_key.clone());
        Self { provider_key, method: truth.method.clone(), ..self.clone() }
    }

    /// What the provider that took money for it has of it.
    fn money(&self, truth: &Truth) -> Money {
        match truth.cancelled {
            _ if truth.amount != self.amount => Money::Otherwise,
            cancelled if cancelled == self.amount => Money::Back,
            Won::ZERO => Money::Whole,
            _ => Money::Otherwise,
        }
    }

    /// The money will not arrive.
    #[must_use]
    pub fn failed(&self, decline: Decline) -> Self {
        Self {
            status: Status::Failed,
            decline: Some(decline),
            ships_to: None,
            claim: None,
            version: self.version + 1,
            ..self.unseen()
        }
    }
}
