//! Charging a card for two orders that met: several attempts, one of which may succeed
//! (`rules.md`, "Exchange").
//!
//! An attempt is a payment of its own. A further one begins only when the one before it has failed
//! for certain, and for a reason that may pass.

use kernel::{Instant, Span};

use super::{Claim, Decline, Payment, Status};

/// How often a card is charged for one trade.
pub const CHARGES_MAX: u32 = 3;
/// A card that was refused is not asked again sooner than this after the beginning of its first
/// and its second attempt: limits and suspicions take a while to pass, and the other side waits.
pub const CHARGE_PAUSES: &[Span] = &[Span::minutes(1), Span::minutes(2)];
/// A charge is asked for again within this time only. Well before [`super::LOST_AFTER`], at which
/// an attempt that the provider does not know counts as failed: a late request must not make true
/// what was given up.
pub const ASK_WITHIN: Span = Span::minutes(10);

/// What a worker does for a trade whose attempts so far are these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charging {
    /// Begins the attempt of this number, counted from 1.
    Begin(u32),
    /// Finds out what became of this attempt, and asks for the money again if nothing did.
    Resume(Box<Payment>),
    /// Comes back later: somebody is at it, or the card was refused a moment ago.
    Wait { until: Instant },
    /// The card pays no more.
    GiveUp(Decline),
    /// The money arrived.
    Paid,
}

impl Decline {
    /// Whether the payer's means said no; a charge that never reached the provider is nobody's
    /// fault.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        !matches!(self, Self::NotFound | Self::TradeClosed)
    }

    /// Whether the same card may well pay a little later.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        match self {
            Self::CardRejected
            | Self::LimitExceeded
            | Self::Suspicious
            // It never reached the provider.
            | Self::NotFound
            // It was found after it had been given up, and goes back.
            | Self::TradeClosed
            | Self::Expired => true,
            Self::CardInvalid
            | Self::AccountRejected
            | Self::AmountTooSmall
            | Self::Abandoned
            | Self::NotRefundable
            | Self::MethodUnsupported
            | Self::Other => false,
        }
    }
}

/// What to do next, by the attempts so far in their order.
#[must_use]
pub fn charging(attempts: &[Payment], now: Instant) -> Charging {
    let Some(last) = attempts.last() else { return Charging::Begin(1) };
    match last.status {
        Status::Done | Status::PartiallyCancelled | Status::Cancelled => Charging::Paid,
        Status::Ready => Charging::Resume(Box::new(last.clone())),
        Status::Approving => match &last.claim {
            Some(Claim { until, .. }) if now < *until => Charging::Wait { until: *until },
            _ => Charging::Resume(Box::new(last.clone())),
        },
        Status::Failed | Status::Returning | Status::Returned => {
            let decline = last.decline.unwrap_or(Decline::Other);
            let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            let pause = CHARGE_PAUSES.get(attempts.len().saturating_sub(1));
            match pause.filter(|_| decline.may_pass()) {
                None => Charging::GiveUp(decline),
                Some(pause) if now < last.created_at + *pause => {
                    Charging::Wait { until: last.created_at + *pause }
                }
                Some(_) => Charging::Begin(number.saturating_add(1)),
            }
        }
    }
}
