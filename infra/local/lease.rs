//! The execution environment that one invocation has to itself, and its time there.

use std::sync::Arc;

use kernel::Span;

use crate::{
    account::Account,
    environments::{Refused, Taken, Terms},
    fault::Upset,
};

/// Given back, warm, when dropped.
pub(crate) struct Lease {
    /// `None`: nobody counts.
    place: Option<Place>,
}

struct Place {
    account: Arc<Account>,
    function: String,
    taken: Taken,
}

impl Lease {
    /// Takes an environment for the function of this id.
    pub fn of(account: &Arc<Account>, function: &str) -> Result<Self, Refused> {
        let terms = account.knobs(|knobs| Terms {
            concurrency: knobs.concurrency,
            cold_starts: knobs.cold_starts,
            slowness: knobs.slowness,
        });
        if terms == (Terms { concurrency: None, cold_starts: None, slowness: None }) {
            return Ok(Self { place: None });
        }
        let taken = account.environments.take(function, terms, account.clock.now())?;
        if taken.cold.is_some() {
            account.faults.note(Upset::ColdStart);
        }
        if taken.slow.is_some() {
            account.faults.note(Upset::SlowInvocation);
        }
        let (account, function) = (Arc::clone(account), function.to_owned());
        Ok(Self { place: Some(Place { account, function, taken }) })
    }

    /// The start, which is no part of the function's own time.
    pub async fn start(&self) {
        let Some(Place { account, taken, .. }) = &self.place else { return };
        if let Some(cold) = taken.cold {
            account.clock.sleep(cold).await;
        }
    }

    /// Does the work, as slowly as it goes here.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let Some(Place { account, taken: Taken { slow: Some(slow), .. }, .. }) = &self.place else {
            return work.await;
        };
        let before = Span::millis(slow.as_millis() / 2);
        account.clock.sleep(before).await;
        let done = work.await;
        account.clock.sleep(Span::millis(slow.as_millis() - before.as_millis())).await;
        done
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(Place { account, function, .. }) = &self.place {
            account.environments.leave(function, account.clock.now());
        }
    }
}
