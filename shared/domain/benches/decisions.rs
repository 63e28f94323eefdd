//! The domain's decisions, over and over.
//!
//! `cargo bench --package jangteo-domain` prints how many a second one core makes: a figure of this
//! machine at this moment, so nothing fails on it. Called as `decisions NAME TIMES` it only makes
//! them, for callgrind to count (`cargo xtask instructions`).

mod fixture;

use std::{hint::black_box, time::Instant};

use fixture::{Auction, Outcome, SALT, book, user, won};
use jangteo_domain::{
    auction::{
        Entry, decide,
        verify::{Opened, verify},
    },
    exchange,
    ledger::{Account, Between, Movement, MovementKind},
};

/// A decision's name, how often it is made for its rate, and how.
type Case = (&'static str, u32, fn(u32) -> Outcome<()>);

const CASES: &[Case] = &[
    ("bid-refused", 5_000_000, bid_refused),
    ("bid-accepted", 200_000, bid_accepted),
    ("order-matched", 5_000_000, order_matched),
    ("movement", 1_000_000, movement),
    ("ledger-of-100-verified", 500, ledger_verified),
];

#[expect(clippy::print_stdout, reason = "a benchmark says what it measured")]
fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [name, times] = words.as_slice() {
        let case = CASES.iter().find(|(known, ..)| known == name);
        let (_, _, make) = case.ok_or("there is no such decision")?;
        return make(times.parse()?);
    }
    for (name, times, make) in CASES {
        let begin = Instant::now();
        make(*times)?;
        let nanos = begin.elapsed().as_nanos().max(1);
        println!("{name:<24}{:>12} per second", u128::from(*times) * 1_000_000_000 / nanos);
    }
    Ok(())
}

fn bid_refused(times: u32) -> Outcome<()> {
    let auction = Auction::after(3)?;
    let offer = auction.losing()?;
    for _ in 0..times {
        let decision = decide(black_box(&auction.head), &auction.bid, offer, auction.now);
        if black_box(decision).is_ok() {
            return Err("accepted".into());
        }
    }
    Ok(())
}

fn bid_accepted(times: u32) -> Outcome<()> {
    let auction = Auction::after(3)?;
    let offer = auction.winning()?;
    for _ in 0..times {
        black_box(decide(black_box(&auction.head), &auction.bid, offer, auction.now)?);
    }
    Ok(())
}

fn order_matched(times: u32) -> Outcome<()> {
    let (incoming, seen) = book()?;
    for _ in 0..times {
        let plan = exchange::decide(black_box(&incoming), black_box(&seen));
        if !matches!(black_box(plan), Ok(exchange::Plan::Take(_))) {
            return Err("not matched".into());
        }
    }
    Ok(())
}

fn movement(times: u32) -> Outcome<()> {
    let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user(1)) };
    let amount = won(250_000)?;
    for _ in 0..times {
        let reason = black_box("top-up#01938f3c-7e2a-7000-8000-00000000000a").to_owned();
        black_box(Movement::transfer(reason, MovementKind::TopUp, amount, black_box(accounts))?);
    }
    Ok(())
}

fn ledger_verified(times: u32) -> Outcome<()> {
    let auction = Auction::after(100)?;
    let terms = &auction.head.terms;
    let open = |entry: &Entry| Opened {
        line: entry.line(terms.auction),
        maximum: entry.maximum,
        salt: entry.salt,
    };
    let lines: Vec<Opened> = auction.history.iter().map(open).collect();
    for _ in 0..times {
        black_box(verify(terms, SALT, black_box(&lines))?);
    }
    Ok(())
}
