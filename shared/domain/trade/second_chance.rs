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

/// Whom round `round` (1 to [`OFFERS_MAX`]) asks, and for how much: the bidders other than seller
/// and winner by their highest bid, the earlier first among equals. Nobody below `floor` is asked,
/// nobody pays more than the winner's price `ceiling`. Depends on the ledger alone: asking again
/// asks the same.
#[must_use]
pub fn runner_up(
    bids: &[BidMade],
    (seller, winner): (UserId, UserId),
    (floor, ceiling): (Won, Won),
    round: u8,
) -> Option<(UserId, Won)> {
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
