//! What one invocation asks of DynamoDB: calls, consumed units, and what it had to try again.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Counts of one invocation. Units are kept in thousandths.
#[derive(Debug, Default)]
pub struct Meter {
    calls: AtomicU64,
    milli_reads: AtomicU64,
    milli_writes: AtomicU64,
    attempts: Mutex<BTreeMap<&'static str, u32>>,
}

impl Meter {
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
    /// Read units in thousandths.
    pub fn milli_reads(&self) -> u64 {
        self.milli_reads.load(Ordering::Relaxed)
    }
    /// Write units in thousandths. A write whose condition fails tells nothing of its own.
    pub fn milli_writes(&self) -> u64 {
        self.milli_writes.load(Ordering::Relaxed)
    }
    /// How many attempts the longest run of each [`Policy`](crate::retry::Policy) took, of those
    /// that took more than one.
    pub fn attempts(&self) -> BTreeMap<&'static str, u32> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
    /// Read and write units together, in thousandths.
    pub fn milli_units(&self) -> u64 {
        self.milli_reads().saturating_add(self.milli_writes())
    }
}

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// Runs `work` with its data calls counted on `meter`.
pub async fn measured<F: Future>(meter: Arc<Meter>, work: F) -> F::Output {
    METER.scope(meter, work).await
}

/// A call that consumed read units.
pub(crate) fn count(capacities: &[ConsumedCapacity]) {
    add(capacities, |meter| &meter.milli_reads);
}

/// A call that consumed write units.
pub(crate) fn count_write(capacities: &[ConsumedCapacity]) {
    add(capacities, |meter| &meter.milli_writes);
}

/// A run under the policy of this name has begun so many attempts.
pub(crate) fn count_attempts(policy: &'static str, attempts: u32) {
    // Outside an invocation (a tool, a test's own look) nobody counts.
    let _outside = METER.try_with(|meter| {
        let mut longest = meter.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let longest = longest.entry(policy).or_default();
        *longest = attempts.max(*longest);
    });
}

fn add(capacities: &[ConsumedCapacity], to: fn(&Meter) -> &AtomicU64) {
    let milli: u64 = capacities.iter().map(milli_units).sum();
    // Outside an invocation (a tool, a test's own look) nobody counts.
    let _outside = METER.try_with(|meter| {
        meter.calls.fetch_add(1, Ordering::Relaxed);
        to(meter).fetch_add(milli, Ordering::Relaxed);
    });
}

fn milli_units(capacity: &ConsumedCapacity) -> u64 {
    // Thousandths of a number are those of as many seconds: exact, and without a float of ours.
    let units = Duration::try_from_secs_f64(capacity.capacity_units().unwrap_or_default());
    units.map_or(0, |units| u64::try_from(units.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_in_thousandths() {
        let capacity = |units: f64| ConsumedCapacity::builder().capacity_units(units).build();
        for (units, due) in [
            (0.0, 0),
            (0.5, 500),
            (1.0, 1_000),
            (2.5, 2_500),
            (0.128, 128),
            (40_000.5, 40_000_500),
            (-1.0, 0),
            (f64::NAN, 0),
        ] {
            assert_eq!(milli_units(&capacity(units)), due, "{units}");
        }
        assert_eq!(milli_units(&ConsumedCapacity::builder().build()), 0);
    }
}
