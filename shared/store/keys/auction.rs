//! Keys of the auction table: heads, auctions, bids and the ledger, standings, watch lists.

use kernel::{AuctionId, Instant, UserId, seoul_day};

use super::key::{ALONE, Key};

/// Every head's partition begins with this: what the bid recorder's stream filter matches.
pub const AUCTION_HEAD_PREFIX: &str = "head#";

/// The hot item, alone in its partition.
#[must_use]
pub fn auction_head(auction: AuctionId) -> Key {
    Key::new(format!("{AUCTION_HEAD_PREFIX}{auction}"), ALONE)
}

pub const AUCTION_PREFIX: &str = "auction#";

/// What the auction is about: title, description, terms.
#[must_use]
pub fn auction(auction: AuctionId) -> Key {
    Key::new(format!("{AUCTION_PREFIX}{auction}"), ALONE)
}

/// `gsi1` of running auctions, newest last. Left at the end, for [`auctions_won`] or nothing.
#[must_use]
pub fn auctions_running(auction: AuctionId) -> (String, String) {
    (AUCTIONS_RUNNING.to_owned(), auction.to_string())
}
pub const AUCTIONS_RUNNING: &str = "running";

/// `gsi1` of auctions that somebody won, by the (Seoul) day and instant at which they were closed.
#[must_use]
pub fn auction_won(auction: AuctionId, closed_at: Instant) -> (String, String) {
    (auctions_won_on(closed_at), format!("{closed_at}#{auction}"))
}
#[must_use]
pub fn auctions_won_on(day: Instant) -> String {
    format!("won#{}", seoul_day(day))
}

/// `gsi2` of running auctions by the (Seoul) day and instant of their end, which late bids move:
/// what the sweeps and the "ending soon" list read. Left when closed.
#[must_use]
pub fn auctions_ending(auction: AuctionId, ends_at: Instant) -> (String, String) {
    (auctions_ending_on(ends_at), format!("{ends_at}#{auction}"))
}
#[must_use]
pub fn auctions_ending_on(day: Instant) -> String {
    format!("ending#{}", seoul_day(day))
}

/// One accepted bid, in its bidder's partition under the hash of its idempotency key: one read
/// tells whether a request is a repetition.
#[must_use]
pub fn bid(bidder: UserId, auction: AuctionId, key: &str) -> Key {
    Key::new(bids_by(bidder), format!("bid#{auction}#{key}"))
}
#[must_use]
pub fn bids_by(bidder: UserId) -> String {
    format!("{BIDDER_PREFIX}{bidder}")
}
pub const BIDDER_PREFIX: &str = "bidder#";
pub const BID_PREFIX: &str = "bid#";

/// A void entry of the ledger, which is nobody's bid.
#[must_use]
pub fn void(auction: AuctionId, sequence: u32) -> Key {
    Key::new(format!("{AUCTION_PREFIX}{auction}"), format!("void#{sequence:010}"))
}

/// That somebody voided a bid of the auction.
#[must_use]
pub fn judge(auction: AuctionId, staff: UserId) -> Key {
    Key::new(format!("{AUCTION_PREFIX}{auction}"), format!("judge#{staff}"))
}

/// `gsi1` of bids: an auction's ledger in order.
#[must_use]
pub fn ledger(auction: AuctionId, sequence: u32) -> (String, String) {
    (ledger_of(auction), format!("{sequence:010}"))
}
#[must_use]
pub fn ledger_of(auction: AuctionId) -> String {
    format!("ledger#{auction}")
}

/// Who blocked this bidder, and their unpaid wins.
#[must_use]
pub fn standing(bidder: UserId) -> Key {
    Key::new(bids_by(bidder), "standing")
}

/// An auction on a user's watch list.
#[must_use]
pub fn watch(user: UserId, auction: AuctionId) -> Key {
    Key::new(watches_of(user), format!("{WATCH_PREFIX}{auction}"))
}
#[must_use]
pub fn watches_of(user: UserId) -> String {
    format!("watcher#{user}")
}
pub const WATCH_PREFIX: &str = "watch#";

/// `gsi1` of watches, by auction: who is told that it ends soon.
#[must_use]
pub fn watchers(auction: AuctionId, user: UserId) -> (String, String) {
    (watchers_of(auction), user.to_string())
}
#[must_use]
pub fn watchers_of(auction: AuctionId) -> String {
    format!("watchers#{auction}")
}
