//! What one invocation asks of DynamoDB: calls, consumed units, and what it had to try again.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
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
    // Units come as multiples of one half; the text form avoids a float cast.
    let text = format!("{:.3}", capacity.capacity_units().unwrap_or_default());
    text.replace('.', "").parse().unwrap_or_default()
}
