//! What the decisions are made on: an auction somebody leads, a book somebody waits in.

use std::error::Error;

use jangteo_domain::{
    auction::{
        Bid, BidderTag, Decision, Entry, Head, KeyHash, Offer, Salt, Standing, Terms, decide,
        ledger::genesis,
    },
    exchange::{self, Price, Side},
};
use kernel::{Id, Instant, Span, UserId, Won};
use uuid::Uuid;

pub type Outcome<T> = Result<T, Box<dyn Error>>;

/// Blinds the reserve.
pub const SALT: Salt = Salt([9; 16]);
const STEP: i64 = 100_000;

fn start() -> Instant {
    Instant::from_millis(1_795_219_200_000)
}

pub fn user(number: u8) -> UserId {
    Id::from_uuid(Uuid::from_u128(number.into()))
}

pub fn won(amount: i64) -> Outcome<Won> {
    Ok(Won::new(amount)?)
}

/// An auction, its history, and what comes next.
pub struct Auction {
    pub head: Head,
    pub history: Vec<Entry>,
    pub now: Instant,
    /// Of somebody who does not lead.
    pub bid: Bid,
}

impl Auction {
    /// An auction with so many accepted bids.
    pub fn after(bids: u8) -> Outcome<Self> {
        let terms = Terms {
            auction: Id::from_uuid(Uuid::from_u128(77)),
            seller: user(200),
            start_price: won(10_000_000)?,
            increment: None,
            reserve: None,
            buy_now: None,
            starts_at: start(),
            scheduled_end: start() + Span::hours(24),
        };
        let chain = genesis(&terms, SALT);
        let head = Head::new(terms, chain);
        let now = start() + Span::minutes(1);
        let mut auction = Self { head, history: Vec::new(), now, bid: bid(0) };
        for number in 0..bids {
            let offer = auction.winning()?;
            let Decision { head, entry } = decide(&auction.head, &auction.bid, offer, now)?;
            auction.head = head;
            auction.history.push(entry);
            auction.bid = bid(number.wrapping_add(1));
        }
        Ok(auction)
    }

    /// What the next bidder must offer.
    pub fn winning(&self) -> Outcome<Offer> {
        Ok(Offer::new(won(self.head.price.get() + STEP)?, None)?)
    }

    /// What is below the price.
    pub fn losing(&self) -> Outcome<Offer> {
        Ok(Offer::new(won(self.head.price.get() - STEP)?, None)?)
    }
}

fn bid(number: u8) -> Bid {
    Bid {
        // Two who bid against each other.
        bidder: user(1 + number % 2),
        tag: BidderTag([1 + number % 2; 8]),
        key: KeyHash([number; 16]),
        salt: Salt([number; 16]),
        standing: Standing::default(),
    }
}

/// A buyer, and the book with a seller who asks no more than the buyer bids.
pub fn book() -> Outcome<(exchange::Incoming, exchange::Seen)> {
    let price = Price::new(won(170_000)?)?;
    let incoming = exchange::Incoming { user: user(1), side: Side::Buy, price, rests: true };
    let best = exchange::Resting {
        order: Id::from_uuid(Uuid::from_u128(5)),
        user: user(2),
        price,
        place: 1,
    };
    let other = exchange::Head {
        sequence: 1,
        top: 1,
        bound: price.get(),
        ..exchange::Head::new(Side::Sell)
    };
    let seen = exchange::Seen { own: exchange::Head::new(Side::Buy), other, best: Some(best) };
    Ok((incoming, seen))
}
