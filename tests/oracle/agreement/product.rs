//! The product's side: its rules, in the oracle's words.

use domain::auction::{
    Bid, BidderTag, Decision, Entry, Hash, Head, KeyHash, Offer, Rejection, Salt, Standing, Status,
    Terms, buy_now, cancel, close, decide, next_offer, void,
};
use kernel::{Id, Instant, Span, UserId, Won};
use oracle::{AcceptedBid, Lot, Objection, Phase, Tender, Who};
use uuid::Uuid;

use crate::translation::{accepted, who};

/// An auction by the product's rules, with its ledger.
pub struct Product {
    pub head: Head,
    pub ledger: Vec<Entry>,
}

pub fn won(amount: i64) -> Won {
    Won::new(amount).unwrap()
}

fn user(who: Who) -> UserId {
    Id::from_uuid(Uuid::from_u128(who))
}

fn instant(at: i64) -> Instant {
    Instant::from_millis(at)
}

impl Product {
    pub fn new(lot: &Lot) -> Self {
        let terms = Terms {
            auction: Id::from_uuid(Uuid::from_u128(7)),
            seller: user(lot.seller),
            start_price: won(lot.start_price),
            increment: lot.increment.map(won),
            reserve: lot.reserve.map(won),
            buy_now: lot.buy_now.map(won),
            starts_at: instant(lot.opens_at),
            scheduled_end: instant(lot.scheduled_end),
            soft_close: lot.extends,
        };
        Self { head: Head::new(terms, Hash([0; 32])), ledger: Vec::new() }
    }

    /// A bid, or a purchase at once of a buyer who names a price or none.
    pub fn bid(&mut self, tender: &Tender, buys: Option<Option<i64>>) -> Result<&Entry, Rejection> {
        let number = self.head.sequence.to_be_bytes();
        let mut unique = [0; 16];
        unique[..4].copy_from_slice(&number);
        let mut tag = [0; 8];
        tag.copy_from_slice(&tender.who.to_be_bytes()[8..]);
        let standing = Standing {
            blocked_by_seller: tender.blocked,
            unpaid_strikes: tender.strikes,
            in_debt: tender.owes,
        };
        let bid = Bid {
            bidder: user(tender.who),
            tag: BidderTag(tag),
            key: KeyHash(unique),
            salt: Salt(unique),
            standing,
        };
        let now = instant(tender.at);
        let Decision { head, entry } = if let Some(named) = buys {
            buy_now(&self.head, &bid, named.map(won), now)?
        } else {
            let offer = Offer::new(won(tender.amount), Some(won(tender.maximum))).unwrap();
            decide(&self.head, &bid, offer, now)?
        };
        self.head = head;
        self.ledger.push(entry);
        Ok(self.ledger.last().unwrap())
    }

    /// Whether the bid of this number could be taken back.
    pub fn void(&mut self, number: u32, at: i64) -> bool {
        let Ok((head, entry)) = void(&self.head, &self.ledger, number, instant(at)) else {
            return false;
        };
        self.head = head;
        self.ledger.push(entry);
        true
    }

    /// Whether it could be called off.
    pub fn call_off(&mut self, by_admin: bool, at: i64) -> bool {
        let may = cancel(&self.head, by_admin, instant(at)).is_ok();
        if may {
            self.head.status = Status::Cancelled;
        }
        may
    }

    /// Closes it, long after its end.
    pub fn close(&mut self) {
        if let Ok(status) = close(&self.head, self.head.ends_at + Span::hours(1)) {
            self.head.status = status;
        }
    }

    pub fn phase(&self) -> Phase {
        match self.head.status {
            Status::Open => Phase::Running,
            Status::Won => Phase::Won,
            Status::SoldBuyNow => Phase::BoughtNow,
            Status::Unsold => Phase::Unsold,
            Status::Cancelled => Phase::CalledOff,
        }
    }

    /// Leader and hidden maximum.
    pub fn leads(&self) -> Option<(Who, i64)> {
        self.head.lead.map(|lead| (who(lead.bidder), lead.maximum.get()))
    }

    /// Whom it would ask next, and for how much.
    pub fn second_chance(&self, asked: &[Who]) -> Option<(Who, i64)> {
        let asked = asked.iter().map(|who| user(*who)).collect();
        let next = next_offer(&self.head, &self.ledger, &asked)?;
        Some((who(next.bidder), next.price.get()))
    }

    /// The ledger as the oracle reads it.
    pub fn lines(&self) -> Vec<AcceptedBid> {
        self.ledger.iter().map(accepted).collect()
    }
}

/// What the oracle calls a reason of the product's.
pub fn objection(rejection: Rejection) -> Objection {
    match rejection {
        Rejection::Cancelled => Objection::CalledOff,
        Rejection::Ended => Objection::Over,
        Rejection::NotOpen { .. } => Objection::NotYetOpen,
        Rejection::OwnAuction => Objection::OwnLot,
        Rejection::Blocked => Objection::Blocked,
        Rejection::Suspended => Objection::Suspended,
        Rejection::InDebt => Objection::InDebt,
        Rejection::NoBuyNow => Objection::NoBuyNowPrice,
        Rejection::BuyNowGone => Objection::BuyNowGone,
        Rejection::OtherPrice { .. } => Objection::OtherPrice,
        Rejection::BelowStart { .. } => Objection::BelowStart,
        Rejection::MaximumNotRaised { .. } => Objection::NotRaised,
        Rejection::RaisesUsedUp => Objection::TooManyRaises,
        Rejection::TooLow { .. } => Objection::TooLow,
    }
}
