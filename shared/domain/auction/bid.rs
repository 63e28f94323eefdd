//! The rule of the bid.

use kernel::{Instant, UserId, Won};

use super::{
    head::{Head, Lead, RECENT_ENTRIES_MAX, RECENT_KEYS_MAX, Status},
    ledger::{BidderTag, Entry, EntryKind, KeyHash, Salt},
    policy::{EXTENSION_MAX, RAISES_MAX, SOFT_CLOSE, SUSPENDING_STRIKES},
};

/// What a bidder offers: at least `amount` now, and up to `maximum` by proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    amount: Won,
    maximum: Won,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    #[error("the amount must be at least 1 won")]
    AmountZero,
    #[error("the maximum must not be below the amount")]
    MaximumBelowAmount,
}

impl Offer {
    /// `maximum` defaults to `amount`.
    pub fn new(amount: Won, maximum: Option<Won>) -> Result<Self, OfferError> {
        let maximum = maximum.unwrap_or(amount);
        if amount == Won::ZERO {
            return Err(OfferError::AmountZero);
        }
        if maximum < amount {
            return Err(OfferError::MaximumBelowAmount);
        }
        Ok(Self { amount, maximum })
    }
    #[must_use]
    pub const fn amount(self) -> Won {
        self.amount
    }
    #[must_use]
    pub const fn maximum(self) -> Won {
        self.maximum
    }
}

/// A bid as it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bid {
    pub bidder: UserId,
    pub tag: BidderTag,
    /// Of the request's idempotency key: names the bid.
    pub key: KeyHash,
    /// Random; blinds the maximum in the ledger until the auction is over.
    pub salt: Salt,
    pub standing: Standing,
}

/// Whether this bidder may bid with this seller at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub blocked_by_seller: bool,
    /// Unpaid wins within the last 90 days.
    pub unpaid_strikes: u32,
    /// Something is owed for a penalty.
    pub in_debt: bool,
}

/// What an accepted bid makes of the auction. The newest entry is `head.recent[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub head: Head,
    pub entry: Entry,
}

/// Why a bid is refused; earlier variants win over later ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Of no state of the auction: the start price stands from the beginning.
    #[error("the amount must be at least the start price, {start_price}")]
    BelowStart { start_price: Won },
    #[error("the auction was cancelled")]
    Cancelled,
    #[error("the auction has ended")]
    Ended,
    #[error("the auction begins at {starts_at}")]
    NotOpen { starts_at: Instant },
    #[error("sellers cannot bid on their own auction")]
    OwnAuction,
    #[error("the seller does not accept bids from you")]
    Blocked,
    #[error("bidding is suspended after three unpaid wins in 90 days")]
    Suspended,
    #[error("you owe for a penalty; it is taken out of what comes into your wallet")]
    InDebt,
    #[error("the auction has no buy-now price")]
    NoBuyNow,
    #[error("the buy-now price is {price}")]
    OtherPrice { price: Won },
    #[error("the price has reached the buy-now price")]
    BuyNowGone,
    #[error("you lead already; a higher maximum must be at least {minimum}")]
    MaximumNotRaised { minimum: Won },
    #[error("you raised your maximum {RAISES_MAX} times; it stands until somebody else leads")]
    RaisesUsedUp,
    #[error("the next bid must be at least {minimum}")]
    TooLow { minimum: Won },
}

/// Decides a bid received at `now`.
pub fn decide(head: &Head, bid: &Bid, offer: Offer, now: Instant) -> Result<Decision, Rejection> {
    if offer.amount < head.terms.start_price {
        return Err(Rejection::BelowStart { start_price: head.terms.start_price });
    }
    may_bid(head, bid, now)?;
    match head.terms.buy_now {
        Some(price) if offer.maximum >= price => buy_at(head, bid, offer, price, now),
        _ => bid_up(head, bid, offer, now),
    }
}

/// Decides a purchase at the buy-now price, received at `now`. `expected`: what the buyer takes
/// that price to be.
pub fn buy_now(
    head: &Head,
    bid: &Bid,
    expected: Option<Won>,
    now: Instant,
) -> Result<Decision, Rejection> {
    may_bid(head, bid, now)?;
    let price = head.terms.buy_now.ok_or(Rejection::NoBuyNow)?;
    if expected.is_some_and(|expected| expected != price) {
        return Err(Rejection::OtherPrice { price });
    }
    buy_at(head, bid, Offer { amount: price, maximum: price }, price, now)
}

fn may_bid(head: &Head, bid: &Bid, now: Instant) -> Result<(), Rejection> {
    if head.status == Status::Cancelled {
        return Err(Rejection::Cancelled);
    }
    if head.is_over(now) {
        return Err(Rejection::Ended);
    }
    if now < head.terms.starts_at {
        return Err(Rejection::NotOpen { starts_at: head.terms.starts_at });
    }
    if bid.bidder == head.terms.seller {
        return Err(Rejection::OwnAuction);
    }
    if bid.standing.blocked_by_seller {
        return Err(Rejection::Blocked);
    }
    if bid.standing.unpaid_strikes >= SUSPENDING_STRIKES {
        return Err(Rejection::Suspended);
    }
    if bid.standing.in_debt {
        return Err(Rejection::InDebt);
    }
    Ok(())
}

fn buy_at(
    head: &Head,
    bid: &Bid,
    offer: Offer,
    price: Won,
    now: Instant,
) -> Result<Decision, Rejection> {
    if head.lead.is_some() && head.price >= price {
        return Err(Rejection::BuyNowGone);
    }
    let lead = leading(bid, price);
    let kind = EntryKind::BuyNow;
    let acceptance = Acceptance { kind, offer, shown: offer.amount, price, lead };
    let mut decision = accept(head, bid, acceptance, now);
    decision.head.status = Status::SoldBuyNow;
    Ok(decision)
}

fn bid_up(head: &Head, bid: &Bid, offer: Offer, now: Instant) -> Result<Decision, Rejection> {
    if let Some(lead) = head.lead.filter(|lead| lead.bidder == bid.bidder) {
        may_raise(head, lead, offer)?;
        let (price, lead) = raise(head, bid, lead, offer);
        // Amounts are public, and this one may lie anywhere up to the hidden maximum.
        let shown = offer.amount.min(price);
        let acceptance = Acceptance { kind: EntryKind::Bid, offer, shown, price, lead };
        return Ok(accept(head, bid, acceptance, now));
    }
    let minimum = head.minimum_next_bid();
    // The amount may be of a moment ago: what decides is how far the bidder goes.
    if offer.maximum < minimum || (head.lead.is_some() && offer.maximum <= head.price) {
        return Err(Rejection::TooLow { minimum });
    }
    let taken = Offer { amount: offer.amount.max(minimum), ..offer };
    let (price, lead) = challenge(head, bid, taken);
    let acceptance = Acceptance { kind: EntryKind::Bid, offer, shown: offer.amount, price, lead };
    Ok(accept(head, bid, acceptance, now))
}

/// One increment or more at a time, and not without end: every raise is an entry of the ledger,
/// which voids and second chances read whole.
fn may_raise(head: &Head, lead: Lead, offer: Offer) -> Result<(), Rejection> {
    let minimum = head.terms.next_above(lead.maximum);
    if offer.maximum < minimum || offer.maximum <= lead.maximum {
        return Err(Rejection::MaximumNotRaised { minimum });
    }
    if lead.raises >= RAISES_MAX {
        return Err(Rejection::RaisesUsedUp);
    }
    Ok(())
}

const fn leading(bid: &Bid, maximum: Won) -> Lead {
    Lead { bidder: bid.bidder, tag: bid.tag, key: bid.key, maximum, raises: 0 }
}

/// Price and leader after the leader raised the own maximum.
fn raise(head: &Head, bid: &Bid, lead: Lead, offer: Offer) -> (Won, Lead) {
    let raises = lead.raises.saturating_add(1);
    let raised = Lead { maximum: offer.maximum, key: bid.key, raises, ..lead };
    (jump_to_reserve(head, head.price, offer.maximum), raised)
}

/// Price and leader after a bid that was accepted once, on a state that voids have changed since.
/// `None`: it makes no difference there.
pub(super) fn stand(head: &Head, bid: &Bid, offer: Offer) -> Option<(Won, Lead)> {
    match head.lead {
        Some(lead) if lead.bidder == bid.bidder => {
            (offer.maximum > lead.maximum).then(|| raise(head, bid, lead, offer))
        }
        Some(_) => (offer.maximum > head.price).then(|| challenge(head, bid, offer)),
        None => {
            let amount = offer.amount.max(head.terms.start_price);
            Some(challenge(head, bid, Offer { amount, ..offer }))
        }
    }
}

/// Price and leader after a valid bid by somebody who does not lead.
fn challenge(head: &Head, bid: &Bid, offer: Offer) -> (Won, Lead) {
    let challenger = leading(bid, offer.maximum);
    let next_above = |amount: Won| amount.saturating_add(head.terms.increment(amount));
    match head.lead {
        Some(lead) if offer.maximum <= lead.maximum => {
            (lead.maximum.min(next_above(offer.maximum)), lead)
        }
        Some(lead) => {
            let price = offer.maximum.min(next_above(lead.maximum)).max(offer.amount);
            (jump_to_reserve(head, price, offer.maximum), challenger)
        }
        None => (jump_to_reserve(head, offer.amount, offer.maximum), challenger),
    }
}

fn jump_to_reserve(head: &Head, price: Won, maximum: Won) -> Won {
    match head.terms.reserve {
        Some(reserve) if maximum >= reserve => price.max(reserve),
        _ => price,
    }
}

/// The end after an accepted bid: within the soft close it moves, never back, never past the limit.
fn extended_end(head: &Head, now: Instant) -> Instant {
    if !head.terms.soft_close || now + SOFT_CLOSE <= head.ends_at {
        return head.ends_at;
    }
    let limit = head.terms.scheduled_end + EXTENSION_MAX;
    head.ends_at.max(limit.min(now + SOFT_CLOSE))
}

/// A bid that counts, and what comes of it.
#[derive(Clone, Copy)]
struct Acceptance {
    kind: EntryKind,
    offer: Offer,
    /// The amount that the ledger tells.
    shown: Won,
    price: Won,
    lead: Lead,
}

fn accept(head: &Head, bid: &Bid, acceptance: Acceptance, now: Instant) -> Decision {
    let Acceptance { kind, offer, shown, price, lead } = acceptance;
    let moved = head.lead.is_none_or(|old| old.bidder != lead.bidder) || price != head.price;
    let ends_at = match kind {
        EntryKind::Bid if moved => extended_end(head, now),
        _ => head.ends_at,
    };
    let entry = Entry {
        sequence: head.sequence.saturating_add(1),
        epoch: head.epoch,
        kind,
        bidder: bid.bidder,
        tag: bid.tag,
        key: bid.key,
        salt: bid.salt,
        amount: shown,
        asked: offer.amount,
        maximum: offer.maximum,
        received_at: now,
        price,
        leader: Some(lead.tag),
        ends_at,
        hash: head.chain,
    }
    .sealed(head.terms.auction, head.chain);
    let bid_count = head.bid_count.saturating_add(1);
    let next = Head { price, lead: Some(lead), ends_at, bid_count, ..head.clone() };
    let mut next = append(next, &entry);
    next.recent_keys.insert(0, bid.key.short());
    next.recent_keys.truncate(RECENT_KEYS_MAX);
    Decision { head: next, entry }
}

/// The head after `entry`: sequence, chain and the newest entries follow from it.
pub(super) fn append(mut head: Head, entry: &Entry) -> Head {
    head.sequence = entry.sequence;
    head.chain = entry.hash;
    head.recent.insert(0, entry.clone());
    head.recent.truncate(RECENT_ENTRIES_MAX);
    head
}
