//! Counting attempts, exactly, whatever runs at the same time.
//!
//! An attempt is taken by a conditional increment before the work and may be given back after it,
//! so parallel attempts cannot slip past the limit together. A window begins with its first
//! attempt; whether it is over is always compared, because TTL deletes late.

use kernel::{Instant, Span};

use crate::{CommitError, ItemReader, Store, StoreError, Table, Write, keys, retry::Policy};

/// At most `max` attempts of `what` by the same somebody within `window`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub what: &'static str,
    pub max: u32,
    pub window: Span,
}

/// What became of asking for an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Counted, in the window that ends then.
    Taken { until: Instant },
    /// The window is full for this long.
    Refused { retry_after: Span },
}

/// A window that another request is just beginning or ending is looked at again.
const TAKE: Policy = Policy::named("rate-take", 4);

impl Store {
    /// Counts one attempt of `whom`, unless the limit is reached.
    pub async fn rate_take(
        &self,
        limit: Limit,
        whom: &str,
        now: Instant,
    ) -> Result<Attempt, StoreError> {
        let mut attempts = TAKE.attempts();
        while attempts.again() {
            // Most attempts are the first in a long time.
            let item = match self.write(begin(limit, whom, now)).await {
                Ok(()) => return Ok(Attempt::Taken { until: now + limit.window }),
                Err(CommitError::Condition { item, .. }) => item.unwrap_or_default(),
                Err(CommitError::Store(error)) => return Err(error),
            };
            let until = ItemReader(&item).instant("until")?;
            let count = ItemReader(&item).count("count")?;
            if count >= limit.max {
                return Ok(Attempt::Refused { retry_after: until.since(now) });
            }
            match self.write(join(limit, whom, until)).await {
                Ok(()) => return Ok(Attempt::Taken { until }),
                Err(CommitError::Condition { .. }) => {} // filled, or ended: look again
                Err(CommitError::Store(error)) => return Err(error),
            }
        }
        Err(attempts.exhausted().into())
    }

    /// Gives an attempt back, if its window still stands.
    pub async fn rate_return(
        &self,
        limit: Limit,
        whom: &str,
        until: Instant,
    ) -> Result<(), StoreError> {
        let write = Write::update(Table::Operation, keys::rate(limit.what, whom))
            .add("count", -1)
            .when_number("until", "=", until.millis())
            .when_number("count", ">", 0);
        match self.write(write).await {
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }
}

fn join(limit: Limit, whom: &str, until: Instant) -> Write {
    Write::update(Table::Operation, keys::rate(limit.what, whom))
        .add("count", 1)
        .when_number("until", "=", until.millis())
        .when_number("count", "<", limit.max)
}

fn begin(limit: Limit, whom: &str, now: Instant) -> Write {
    let until = now + limit.window;
    Write::update(Table::Operation, keys::rate(limit.what, whom))
        .set_number("count", 1)
        .set_number("until", until.millis())
        .set_number("ttl", until.seconds())
        .when_absent_or("until", "<=", now.millis())
}
