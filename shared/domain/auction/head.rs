//! The one item of an auction that bids change.

use kernel::{AuctionId, Instant, UserId, Won};

use super::{
    ledger::{BidderTag, Entry, Hash, KeyHash},
    policy::{DURATION_MAX, DURATION_MIN, START_DELAY_MAX, increment_at},
};

/// How many newest entries travel in the head: what a repeated request is answered from while
/// the recorder has not yet written its row. Sized to keep the head within one write unit.
pub const RECENT_ENTRIES_MAX: usize = 3;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Scheduled until `starts_at`, then open; past `ends_at` it only waits to be closed.
    Open,
    Won,
    SoldBuyNow,
    Unsold,
    Cancelled,
}

/// The highest bidder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lead {
    pub bidder: UserId,
    pub tag: BidderTag,
    /// Names the bid that leads.
    pub key: KeyHash,
    /// Hidden: up to this the bidder is bid for automatically.
    pub maximum: Won,
}

/// The whole state that the next bid depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub terms: Terms,
    pub status: Status,
    /// The start price until the first bid.
    pub price: Won,
    pub lead: Option<Lead>,
    pub ends_at: Instant,
    /// Entries in the ledger so far; the condition every write is guarded by.
    pub sequence: u32,
    /// Accepted and not voided bids.
    pub bid_count: u32,
    /// Rises when an admin voids a bid: the one event after which a price may be lower.
    pub epoch: u32,
    /// The hash of the newest ledger entry (of the terms, before the first).
    pub chain: Hash,
    /// The newest entries, newest first, at most [`RECENT_ENTRIES_MAX`].
    pub recent: Vec<Entry>,
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

    /// The least bid above `price`: one increment, but never more than the buy-now price nor than
    /// the largest amount there is.
    #[must_use]
    pub fn next_above(&self, price: Won) -> Won {
        let step = price.saturating_add(self.increment(price));
        self.buy_now.map_or(step, |buy_now| buy_now.min(step))
    }
}

impl Head {
    /// An auction without bids. `genesis` is the hash of its terms.
    #[must_use]
    pub const fn new(terms: Terms, genesis: Hash) -> Self {
        Self {
            price: terms.start_price,
            ends_at: terms.scheduled_end,
            terms,
            status: Status::Open,
            lead: None,
            sequence: 0,
            bid_count: 0,
            epoch: 0,
            chain: genesis,
            recent: Vec::new(),
        }
    }

    /// The least amount a challenger must bid: the start price, then what [`Terms::next_above`]
    /// says.
    #[must_use]
    pub fn minimum_next_bid(&self) -> Won {
        match self.lead {
            None => self.terms.start_price,
            Some(_) => self.terms.next_above(self.price),
        }
    }

    #[must_use]
    pub fn reserve_met(&self) -> bool {
        match (self.terms.reserve, self.lead) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(reserve), Some(lead)) => lead.maximum >= reserve,
        }
    }

    /// Whether it is over by the clock, closed or not.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        self.status != Status::Open || now >= self.ends_at
    }

    /// Whether it may be bid on at `now`.
    #[must_use]
    pub fn is_running(&self, now: Instant) -> bool {
        !self.is_over(now) && now >= self.terms.starts_at
    }
}
