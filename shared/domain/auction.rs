//! English auctions with proxy bidding, reserve, buy-now and soft close (`rules.md`, "Auction").
//!
//! Promises: the price of an open auction never falls within an epoch; every accepted bid of a
//! challenger raises it by at least the increment; the leader holds the highest maximum, the
//! earliest on ties; exactly one outcome follows the end.

mod arrival;
mod bid;
mod close;
mod head;
pub mod ledger;
mod policy;
mod second_chance;
mod terms;
#[cfg(test)]
mod tests;
pub mod verify;
mod void;

pub use arrival::Arrival;
pub use bid::{Bid, Decision, Offer, OfferError, Rejection, Standing, buy_now, decide};
pub use close::{CancelRejection, CloseRejection, cancel, close};
pub use head::{Head, Lead, RECENT_ENTRIES_MAX, RECENT_KEYS_MAX, Status};
pub use ledger::{BidderTag, Entry, EntryKind, Hash, KeyHash, Salt, ShortKey};
pub use policy::{
    ARRIVAL_AGE_MAX, CLOSE_GRACE, DURATION_MAX, DURATION_MIN, EXTENSION_MAX, RAISES_MAX,
    SOFT_CLOSE, START_DELAY_MAX, SUSPENDING_CARD_STRIKES, SUSPENDING_REFUSALS, SUSPENDING_STRIKES,
    increment_at,
};
pub use second_chance::{NextOffer, next_offer};
pub use terms::{Terms, TermsError};
pub use void::{VoidRejection, void};
