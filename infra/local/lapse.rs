//! Queue messages that are visible again while somebody still works on them: off, unless a test
//! sets [`Knobs::lapses`].
//!
//! A visibility timeout is a promise of the consumer's to be done by then. Where it is not kept,
//! the same message is delivered beside the invocation that has it, whose receipt is then too old
//! to delete it by.
//!
//! [`Knobs::lapses`]: crate::Knobs::lapses

use std::sync::{Mutex, PoisonError};

use crate::random::Draws;

/// Which batches are not done in time, and how soon they come again: the same ones for the same
/// seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapses {
    pub seed: u64,
    /// How many of a thousand batches. One that ends sooner than its turns has lost nothing.
    pub per_thousand: u32,
    /// After so many turns of the other tasks at most, and one at least.
    pub turns: u32,
}

/// The draws so far.
#[derive(Debug, Default)]
pub(crate) struct Lapsing(Mutex<Draws>);

impl Lapsing {
    /// After how many turns the next batch is visible again; `None`: not before it is done.
    pub fn next(&self, Lapses { seed, per_thousand, turns }: Lapses) -> Option<u64> {
        let mut draws = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let random = draws.of(seed);
        random.hits(per_thousand).then(|| 1 + random.below(u64::from(turns)))
    }
}
