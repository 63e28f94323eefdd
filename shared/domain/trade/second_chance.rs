//! Who is asked next when the winner does not pay.

use kernel::{UserId, Won};

/// How many bidders are asked, one after another.
pub const OFFERS_MAX: u8 = 3;

/// A bid that counts, in the order of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BidMade {
    pub bidder: UserId,
    /// The most the bidder was ready to pay.
    pub maximum: Won,
}

/// Who is never asked, and between which prices the others are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cascade {
    pub seller: UserId,
    pub winner: UserId,
    /// Nobody who would pay less is asked.
    pub floor: Won,
    /// The winner's price: nobody pays more.
    pub ceiling: Won,
}

/// Whom round `round` (1 to [`OFFERS_MAX`]) asks, and for how much: the bidders other than seller
/// and winner by their highest bid, the earlier first among equals. Depends on the ledger alone:
/// asking again asks the same.
#[must_use]
pub fn runner_up(bids: &[BidMade], cascade: &Cascade, round: u8) -> Option<(UserId, Won)> {
    let Cascade { seller, winner, floor, ceiling } = *cascade;
    let mut best: Vec<BidMade> = Vec::new();
    for bid in bids.iter().filter(|bid| bid.bidder != seller && bid.bidder != winner) {
        if best.iter().any(|known| known.bidder == bid.bidder && known.maximum >= bid.maximum) {
            continue;
        }
        best.retain(|known| known.bidder != bid.bidder);
        best.push(*bid);
    }
    best.retain(|bid| bid.maximum >= floor);
    // Stable: whoever was ready to pay as much first stays ahead among equals.
    best.sort_by_key(|bid| std::cmp::Reverse(bid.maximum));
    let place = usize::from(round.checked_sub(1).filter(|_| round <= OFFERS_MAX)?);
    best.get(place).map(|bid| (bid.bidder, bid.maximum.min(ceiling)))
}
