//! Heads this container has seen lately.
//!
//! Prices only rise, so a stale price is a safe lower bound: a bid below it can be refused without
//! a call. Only a void can lower a price, and only an old copy would not know of it: the filter
//! trusts a copy for [`FILTER_FRESH`] and no longer. What it refuses is looked at once more on the
//! head as it stands: a copy does not know of the bid that this request may repeat.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::auction::{Head, Offer, Rejection};
use kernel::{AuctionId, Instant, Span, UserId};

/// How long a copy may refuse bids: after a void, this is the longest a valid bid can be refused.
pub const FILTER_FRESH: Span = Span::seconds(1);
/// More auctions than one container meets; when full it starts over.
const HEADS_MAX: usize = 1_024;

#[derive(Debug, Default)]
pub struct Heads(Mutex<HashMap<AuctionId, (Head, Instant)>>);

impl Heads {
    /// The newest copy, and whether it is fresh enough to refuse by.
    pub fn get(&self, auction: AuctionId, now: Instant) -> Option<(Head, bool)> {
        let heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (head, seen) = heads.get(&auction)?;
        let fresh = now.since(*seen) <= FILTER_FRESH && *seen <= now;
        Some((head.clone(), fresh))
    }

    /// Keeps `head`, unless a newer one is there.
    pub fn put(&self, head: &Head, now: Instant) {
        let mut heads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heads.len() >= HEADS_MAX {
            heads.clear();
        }
        let auction = head.terms.auction;
        if heads.get(&auction).is_none_or(|(old, _)| old.sequence <= head.sequence) {
            heads.insert(auction, (head.clone(), now));
        }
    }
}

/// Refuses an offer that no state following `head` in its epoch can accept.
///
/// A challenger's amount must reach the minimum, which only rises. Somebody who came to lead after
/// this copy holds a maximum of at least its minimum, so raising it takes more than that, too.
/// What is not running at `now` is not judged: it may be over for a reason that comes first.
pub fn refuse_early(head: &Head, bidder: UserId, offer: Offer, now: Instant) -> Option<Rejection> {
    if offer.amount() < head.terms.start_price {
        return Some(Rejection::BelowStart { start_price: head.terms.start_price });
    }
    if !head.is_running(now) {
        return None;
    }
    if head.terms.seller == bidder {
        return Some(Rejection::OwnAuction);
    }
    let minimum = head.minimum_next_bid();
    let leads = head.lead.is_some_and(|lead| lead.bidder == bidder);
    let hopeless = !leads && offer.maximum() < minimum;
    hopeless.then_some(Rejection::TooLow { minimum })
}
