//! The rules of `rules.md`, "Auction", one row per case.

mod arrivals;
mod bids;
mod closing;
mod increments;
mod offers;
mod properties;
mod refusals;
mod second_chances;
mod soft_close;
mod tampering;
mod terms;
mod voids;

use kernel::{Id, Instant, Span, UserId, Won};
use uuid::Uuid;

use super::{
    ledger::{BidderTag, Entry, Hash, KeyHash, Salt, genesis},
    verify::{Broken, Opened, Verdict, verify},
    *,
};

const SELLER: u8 = 255;
const MINJI: u8 = 1;
const JUNO: u8 = 2;
const SORA: u8 = 3;
/// Blinds the reserve.
const SALT: Salt = Salt([9; 16]);

fn won(amount: i64) -> Won {
    Won::new(amount).unwrap()
}

fn start() -> Instant {
    Instant::from_millis(1_795_219_200_000)
}

fn user(n: u8) -> UserId {
    Id::from_uuid(Uuid::from_u128(u128::from(n)))
}

fn tag(n: u8) -> BidderTag {
    BidderTag([n; 8])
}

/// An hour from 10,000 won.
fn terms() -> Terms {
    Terms {
        auction: Id::from_uuid(Uuid::from_u128(77)),
        seller: user(SELLER),
        start_price: won(10_000),
        increment: None,
        reserve: None,
        buy_now: None,
        starts_at: start(),
        scheduled_end: start() + Span::hours(1),
        soft_close: true,
    }
}

fn fresh(terms: Terms) -> Head {
    let chain = genesis(&terms, SALT);
    Head::new(terms, chain)
}

/// `who` leads with a hidden maximum at a price.
fn led(terms: Terms, who: u8, maximum: i64, price: i64) -> Head {
    let maximum = won(maximum);
    let lead =
        Lead { bidder: user(who), tag: tag(who), key: KeyHash([who; 16]), maximum, raises: 0 };
    Head { price: won(price), lead: Some(lead), sequence: 1, bid_count: 1, ..fresh(terms) }
}

fn bid_of(who: u8) -> Bid {
    Bid {
        bidder: user(who),
        tag: tag(who),
        key: KeyHash([who; 16]),
        salt: Salt([who; 16]),
        standing: Standing::default(),
    }
}

fn offer(amount: i64, maximum: Option<i64>) -> Offer {
    Offer::new(won(amount), maximum.map(won)).unwrap()
}

/// An auction with its whole history.
#[derive(Clone, Debug)]
struct Story {
    head: Head,
    history: Vec<Entry>,
    salts: u8,
}

impl Story {
    fn new(terms: Terms) -> Self {
        Self { head: fresh(terms), history: Vec::new(), salts: 0 }
    }

    fn try_bid(
        &mut self,
        who: u8,
        amount: i64,
        maximum: Option<i64>,
        now: Instant,
    ) -> Result<Entry, Rejection> {
        self.salts = self.salts.wrapping_add(1);
        let unique = [self.salts; 16];
        let bid = Bid { key: KeyHash(unique), salt: Salt(unique), ..bid_of(who) };
        let Decision { head, entry } = decide(&self.head, &bid, offer(amount, maximum), now)?;
        self.head = head;
        self.history.push(entry.clone());
        Ok(entry)
    }

    /// Bids a minute after the start; the bid must be accepted.
    #[track_caller]
    fn bid(&mut self, who: u8, amount: i64, maximum: Option<i64>) -> Entry {
        self.try_bid(who, amount, maximum, start() + Span::minutes(1)).unwrap()
    }

    fn try_void(&mut self, sequence: u32, now: Instant) -> Result<Entry, VoidRejection> {
        let (head, entry) = void(&self.head, &self.history, sequence, now)?;
        self.head = head;
        self.history.push(entry.clone());
        Ok(entry)
    }

    #[track_caller]
    fn void(&mut self, sequence: u32) -> Entry {
        self.try_void(sequence, start() + Span::minutes(2)).unwrap()
    }

    fn leader(&self) -> Option<BidderTag> {
        self.head.lead.map(|lead| lead.tag)
    }

    fn opened(&self) -> Vec<Opened> {
        let auction = self.head.terms.auction;
        let open = |entry: &Entry| Opened {
            line: entry.line(auction),
            maximum: entry.maximum,
            salt: entry.salt,
        };
        self.history.iter().map(open).collect()
    }

    fn verdict(&self) -> Result<Verdict, Broken> {
        verify(&self.head.terms, SALT, &self.opened())
    }
}
