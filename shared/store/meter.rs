//! What one invocation asks of DynamoDB: calls and consumed units.

use std::{
    future::Future,
    sync::{
        Arc,
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
