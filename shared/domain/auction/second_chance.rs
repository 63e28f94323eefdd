//! Who is asked next when a winner does not pay (`rules.md`, "Auction").

use std::collections::BTreeSet;

use kernel::{UserId, Won};

use super::{
    head::Head,
    ledger::Entry,
    void::{replay, voided_sequences},
};

/// Somebody to be asked, and for how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextOffer {
    pub bidder: UserId,
    /// Between the reserve and the bidder's own highest bid.
    pub price: Won,
}

/// Whom the ledger names when it is replayed without everybody in `asked`: the winner, and who was
/// made an offer since. A bid that only drove the price (a shill's) drives it no more once its
/// bidder is gone. `None`: nobody is left who would reach the reserve.
#[must_use]
pub fn next_offer(head: &Head, history: &[Entry], asked: &BTreeSet<UserId>) -> Option<NextOffer> {
    let voided = voided_sequences(history);
    let out = |user| asked.contains(&user) || user == head.terms.seller;
    let left =
        replay(head, history, |entry| !voided.contains(&entry.sequence) && !out(entry.bidder));
    let lead = left.lead.filter(|_| left.reserve_met())?;
    Some(NextOffer { bidder: lead.bidder, price: left.price })
}
