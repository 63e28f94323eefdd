//! Transactions that become visible item by item: off, unless a test sets [`Knobs::visibility`].
//!
//! A transaction is decided at one instant, and DynamoDB then makes its items true one after the
//! other. Whoever reads without a transaction sees some of them before the rest; whoever writes one
//! that is not true yet is refused, as long as it is not. The caller is answered when all are.
//!
//! [`Knobs::visibility`]: crate::Knobs::visibility

use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::{Instant, Span};

use crate::{dynamo::Item, random::Random};

/// How the items of transactions come to be seen, the same for the same seed and the same calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    pub seed: u64,
    /// An item is true after so many calls of anybody at most; most are sooner.
    pub calls: u32,
    /// And after so long at most, on the cloud's clock, which somebody must move then.
    pub span: Span,
}

/// The items that are decided and not true yet.
#[derive(Debug, Default)]
pub(crate) struct Veils(Mutex<Decided>);

#[derive(Debug, Default)]
pub(crate) struct Decided {
    random: Option<(u64, Random)>,
    /// Calls so far, and turns of those who wait for theirs to be seen.
    pub calls: u64,
    pub parts: Vec<Hidden>,
}

#[derive(Debug)]
pub(crate) struct Hidden {
    /// Under which the engine knows it.
    pub number: u64,
    /// Which call it is a part of.
    pub owner: u64,
    pub item: Item,
    pub after_calls: u64,
    pub at: Instant,
}

impl Veils {
    pub fn inner(&self) -> MutexGuard<'_, Decided> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Decided {
    /// How many calls and milliseconds an item waits: half of them hardly any, some to the end.
    pub fn draw(&mut self, Visibility { seed, calls, span }: Visibility) -> (u64, i64) {
        let fresh = self.random.take().filter(|(old, _)| *old == seed);
        let (_, mut random) = fresh.unwrap_or((seed, Random::new(seed)));
        let share = [0, 0, 1, 2, 4].get(usize::try_from(random.below(5)).unwrap_or(0)).copied();
        let share = share.unwrap_or(0);
        let calls = random.below(u64::from(calls).saturating_add(1)).saturating_mul(share) / 4;
        let most = span.as_millis().unsigned_abs();
        let millis = random.below(most.saturating_add(1)).saturating_mul(share) / 4;
        self.random = Some((seed, random));
        (calls, i64::try_from(millis).unwrap_or(0))
    }
}
