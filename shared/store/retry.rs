//! Trying again: one loop, under named policies.
//!
//! Promises: whatever is tried anew here is counted under its policy's name, and the log line of
//! the invocation says how often. Knows nothing of what is tried or when it is lost: the loop's
//! body says that, and whether there is something to wait for.

use std::time::Duration;

use crate::{CommitError, StoreError, meter};

/// How often something is tried, and how long is waited in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    name: &'static str,
    attempts_max: u32,
    pause: Option<Backoff>,
}

/// Up to twice as long each time, by chance, so that those who met do not meet again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The most that is waited after the first attempt.
    pub slot_ms: u64,
    /// The most that is ever waited.
    pub ceiling_ms: u64,
}

/// The attempts of one run.
#[derive(Debug)]
pub struct Attempts {
    policy: Policy,
    begun: u32,
}

/// Every attempt was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{policy}: lost at each of {attempts} attempts")]
pub struct Exhausted {
    pub policy: &'static str,
    pub attempts: u32,
}

impl Policy {
    /// `name`: its own among all policies, as the log tells it.
    #[must_use]
    pub const fn named(name: &'static str, attempts_max: u32) -> Self {
        Self { name, attempts_max, pause: None }
    }

    /// For what others do at the same time and are done with soon.
    #[must_use]
    pub const fn with_backoff(self, slot_ms: u64, ceiling_ms: u64) -> Self {
        Self { pause: Some(Backoff { slot_ms, ceiling_ms }), ..self }
    }

    /// The attempts of one run: `while attempts.again() { … }`.
    #[must_use]
    pub const fn attempts(self) -> Attempts {
        Attempts { policy: self, begun: 0 }
    }

    #[must_use]
    pub const fn attempts_max(self) -> u32 {
        self.attempts_max
    }
}

impl Attempts {
    /// Begins another attempt, if there is one left.
    pub fn again(&mut self) -> bool {
        if self.begun == self.policy.attempts_max {
            return false;
        }
        self.begun = self.begun.saturating_add(1);
        if self.begun > 1 {
            meter::count_attempts(self.policy.name, self.begun);
        }
        true
    }

    /// Waits before the next attempt, as long as `chance` says, if there is a next one. Chance is
    /// the caller's: what is drawn must be the same in a run that is played again.
    pub async fn pause(&self, chance: impl FnOnce() -> u16) {
        if let Some(wait) = self.wait(chance) {
            tokio::time::sleep(wait).await;
        }
    }

    fn wait(&self, chance: impl FnOnce() -> u16) -> Option<Duration> {
        let Backoff { slot_ms, ceiling_ms } = self.policy.pause?;
        if self.begun == self.policy.attempts_max {
            return None;
        }
        let doublings = self.begun.saturating_sub(1).min(u64::BITS - 1);
        let most = slot_ms.saturating_mul(1 << doublings).min(ceiling_ms);
        let some = most.checked_add(1).and_then(|many| u64::from(chance()).checked_rem(many));
        Some(Duration::from_millis(some.unwrap_or_default()))
    }

    /// What is to be said when [`Self::again`] says no.
    #[must_use]
    pub const fn exhausted(&self) -> Exhausted {
        Exhausted { policy: self.policy.name, attempts: self.begun }
    }
}

/// The same call may go through later.
impl From<Exhausted> for StoreError {
    fn from(exhausted: Exhausted) -> Self {
        Self::Busy(exhausted.to_string())
    }
}

impl From<Exhausted> for CommitError {
    fn from(exhausted: Exhausted) -> Self {
        Self::Store(exhausted.into())
    }
}

#[cfg(test)]
mod tests;
