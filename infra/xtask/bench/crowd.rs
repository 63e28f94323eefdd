//! Who bids on the hot auction, when, and how much: a crowd that looks at prices of a moment ago.

use local::Random;

/// What one bid may go above the price that its bidder saw, in increments, for ten bidders in turn
/// of chance: most bid the minimum.
const RAISES: [i64; 10] = [1, 1, 1, 1, 1, 1, 1, 2, 3, 5];
/// How old the price is that an attentive bidder acts on: live price, thought, network.
const ATTENTIVE_MS: (u64, u64) = (200, 1_000);
/// The same for the others. They bid what is beaten already, and are most of those who lose.
const SLOW_MS: (u64, u64) = (1_000, 5_000);
/// How many of ten are attentive.
const ATTENTIVE_OF_TEN: u64 = 5;

/// One attempt as its bidder makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The how-manieth; its idempotency key.
    pub number: u64,
    /// When it is sent, in milliseconds from the beginning.
    pub at_ms: u64,
    pub bidder: usize,
    /// When its bidder looked at the price.
    pub looked_ms: u64,
    /// How many increments above that price.
    pub raises: i64,
}

/// `rate` attempts a second for `seconds`, by `bidders`: one at a chance moment of each slot, so
/// that nothing depends on how fast the answers come (an open loop).
pub fn attempts(
    seed: u64,
    rate: u64,
    seconds: u64,
    bidders: usize,
) -> impl Iterator<Item = Attempt> {
    let mut random = Random::new(seed);
    let bidders = u64::try_from(bidders).unwrap_or(1);
    (0..rate.saturating_mul(seconds)).map(move |number| {
        let micros = (number * 1_000_000 + random.below(1_000_000)) / rate.max(1);
        let at_ms = micros.div_ceil(1_000);
        let attentive = random.below(10) < ATTENTIVE_OF_TEN;
        let (least, most) = if attentive { ATTENTIVE_MS } else { SLOW_MS };
        let age = least + random.below(most - least);
        Attempt {
            number,
            at_ms,
            bidder: usize::try_from(random.below(bidders)).unwrap_or(0),
            looked_ms: at_ms.saturating_sub(age),
            raises: random.pick(&RAISES).copied().unwrap_or(1),
        }
    })
}

/// The price over time.
#[derive(Debug)]
pub struct Prices {
    increment: i64,
    /// When each price was first answered, rising in both.
    rises: Vec<(u64, i64)>,
}

impl Prices {
    /// Nobody has bid; the first bid is the start price.
    #[must_use]
    pub const fn new(increment: i64) -> Self {
        Self { increment, rises: Vec::new() }
    }

    /// An accepted bid was answered at `at_ms`, with the price after it.
    pub fn rose(&mut self, at_ms: u64, price: i64) {
        if self.rises.last().is_none_or(|(_, last)| *last < price) {
            self.rises.push((at_ms, price));
        }
    }

    /// What an attempt offers.
    #[must_use]
    pub fn offer(&self, attempt: &Attempt, start: i64) -> i64 {
        let seen = self.rises.partition_point(|(at, _)| *at <= attempt.looked_ms);
        let seen = seen.checked_sub(1).and_then(|last| self.rises.get(last));
        match seen {
            Some((_, price)) => price + self.increment * attempt.raises,
            None => start + self.increment * (attempt.raises - 1),
        }
    }
}
