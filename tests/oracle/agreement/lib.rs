//! Random auctions, played by the product's rules and by the oracle's side by side.
//!
//! Promises: after every step price, leader, hidden maximum, end, state, count and least bid are
//! the same; a refusal's reason is one that the oracle sees, and what one takes the other takes; at
//! the end the outcome, and every offer of a second chance, are the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is test code"
)]

mod draw;
mod happened;
mod product;
mod sides;
#[cfg(test)]
mod tests;
mod translation;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

pub use happened::Happened;
pub use translation::{accepted, who};

/// What came of many auctions.
#[derive(Clone, Debug, Default)]
pub struct Campaign {
    pub auctions: u64,
    pub happened: Happened,
    /// The first few, each with its auction's number.
    pub differences: Vec<String>,
}

/// Plays the auctions of these numbers on every core.
#[must_use]
pub fn play_all(first: u64, count: u64) -> Campaign {
    let next = AtomicU64::new(first);
    let sum: Mutex<Campaign> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut mine = Campaign::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= first + count || mine.differences.len() > 5 {
                        break;
                    }
                    mine.auctions += 1;
                    if let Err(difference) = sides::play(number, &mut mine.happened) {
                        mine.differences.push(format!("auction {number}: {difference}"));
                    }
                }
                sum.lock().unwrap_or_else(PoisonError::into_inner).add(mine);
            });
        }
    });
    sum.into_inner().unwrap_or_else(PoisonError::into_inner)
}

impl Campaign {
    /// What should have happened, and did not so many times: too little of it was compared.
    #[must_use]
    pub fn seldom(&self, least: u64) -> Vec<&'static str> {
        let times = |what: &str| self.happened.get(what).copied().unwrap_or(0);
        sides::EXPECTED.iter().copied().filter(|what| times(what) < least).collect()
    }

    fn add(&mut self, other: Self) {
        self.auctions += other.auctions;
        self.differences.extend(other.differences);
        for (what, times) in other.happened {
            *self.happened.entry(what).or_default() += times;
        }
    }
}
