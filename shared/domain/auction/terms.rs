//! What the seller offers: fixed when the auction is created, and hashed before the first bid.

use kernel::{AuctionId, Instant, UserId, Won};

use super::policy::{DURATION_MAX, DURATION_MIN, START_DELAY_MAX, increment_at};

/// What the seller fixed when creating the auction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub auction: AuctionId,
    pub seller: UserId,
    pub start_price: Won,
    /// Overrides the increment table.
    pub increment: Option<Won>,
    /// Hidden: below it the auction ends unsold.
    pub reserve: Option<Won>,
    pub buy_now: Option<Won>,
    pub starts_at: Instant,
    pub scheduled_end: Instant,
    /// Whether a bid near the end moves the end.
    pub soft_close: bool,
}

/// Why terms cannot be offered, by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    #[error("the start price must be at least 1 won")]
    StartPriceZero,
    #[error("the increment must be at least 1 won")]
    IncrementZero,
    #[error("the reserve must not be below the start price")]
    ReserveBelowStart,
    #[error("the buy-now price must be above the start price")]
    BuyNowNotAboveStart,
    #[error("the buy-now price must not be below the reserve")]
    BuyNowBelowReserve,
    #[error("the start must not be in the past nor more than 30 days ahead")]
    StartOutOfRange,
    #[error("the end must be 1 minute to 30 days after the start")]
    EndOutOfRange,
}

impl Terms {
    /// Checks the fields against each other and against the instant of creation.
    pub fn check(&self, now: Instant) -> Result<(), TermsError> {
        if self.start_price == Won::ZERO {
            return Err(TermsError::StartPriceZero);
        }
        if self.increment == Some(Won::ZERO) {
            return Err(TermsError::IncrementZero);
        }
        if self.reserve.is_some_and(|reserve| reserve < self.start_price) {
            return Err(TermsError::ReserveBelowStart);
        }
        if self.buy_now.is_some_and(|price| price <= self.start_price) {
            return Err(TermsError::BuyNowNotAboveStart);
        }
        if matches!((self.buy_now, self.reserve), (Some(price), Some(reserve)) if price < reserve) {
            return Err(TermsError::BuyNowBelowReserve);
        }
        if self.starts_at < now || self.starts_at > now + START_DELAY_MAX {
            return Err(TermsError::StartOutOfRange);
        }
        if self.scheduled_end < self.starts_at + DURATION_MIN
            || self.scheduled_end > self.starts_at + DURATION_MAX
        {
            return Err(TermsError::EndOutOfRange);
        }
        Ok(())
    }

    #[must_use]
    pub fn increment(&self, price: Won) -> Won {
        self.increment.unwrap_or_else(|| increment_at(price))
    }

    /// The least bid above `price`, or the least that a maximum of `price` is raised to: one
    /// increment, but never more than the buy-now price nor than the largest amount there is.
    #[must_use]
    pub fn next_above(&self, price: Won) -> Won {
        let step = price.saturating_add(self.increment(price));
        self.buy_now.map_or(step, |buy_now| buy_now.min(step))
    }
}
