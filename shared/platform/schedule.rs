//! The schedule host, and the lease that lets one of many runs do the work.

use std::future::Future;

use kernel::{Instant, Span};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{App, Failure};

/// A schedule fired: perhaps late, perhaps twice.
#[derive(Clone, Debug)]
pub struct Tick {
    pub now: Instant,
    /// What the schedule was created with.
    pub input: Value,
}

impl Tick {
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        Ok(serde_json::from_value(self.input.clone())?)
    }
}

/// Runs `work` unless another run of `job` holds the lease. A holder that dies keeps others out
/// for `lease` at most. Answers whether this run did the work.
pub async fn single_run<F>(
    app: &App,
    job: &str,
    now: Instant,
    lease: Span,
    work: F,
) -> Result<bool, Failure>
where
    F: Future<Output = Result<(), Failure>>,
{
    let holder = app.entropy.uuid(now);
    if !app.store.lease_take(job, holder, now, lease).await? {
        return Ok(false);
    }
    let outcome = work.await;
    app.store.lease_return(job, holder).await?;
    outcome.map(|()| true)
}
