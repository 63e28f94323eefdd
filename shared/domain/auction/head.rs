//! The one item of an auction that bids change.

use kernel::{Instant, UserId, Won};

use super::{
    ledger::{BidderTag, Entry, Hash, KeyHash, ShortKey},
    terms::Terms,
};

/// How many newest entries travel in the head: what a repeated request is answered from while
/// the recorder has not yet written its row. Sized to keep the head within one write unit.
pub const RECENT_ENTRIES_MAX: usize = 3;

/// How many newest bids the head knows by their keys: a repetition of one of them is told from a
/// new bid although its row is not there yet.
pub const RECENT_KEYS_MAX: usize = 24;

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
    /// How often the maximum was raised in this lead.
    pub raises: u8,
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
    /// The newest bids by their keys, newest first, at most [`RECENT_KEYS_MAX`].
    pub recent_keys: Vec<ShortKey>,
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
            recent_keys: Vec::new(),
        }
    }

    /// Whether one of the newest bids has this key.
    #[must_use]
    pub fn knows(&self, key: KeyHash) -> bool {
        self.recent_keys.contains(&key.short())
    }

    /// Whether there are entries whose keys it does not have: a repetition of one is found in the
    /// ledger only.
    #[must_use]
    pub fn forgets(&self) -> bool {
        usize::try_from(self.sequence).map_or(true, |entries| entries > self.recent_keys.len())
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
