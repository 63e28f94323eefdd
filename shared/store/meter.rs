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
    milli_units: AtomicU64,
}

impl Meter {
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
    /// Read and write units together, in thousandths.
    pub fn milli_units(&self) -> u64 {
        self.milli_units.load(Ordering::Relaxed)
    }
}

tokio::task_local! {
    static METER: Arc<Meter>;
}

/// Runs `work` with its data calls counted on `meter`.
pub async fn measured<F: Future>(meter: Arc<Meter>, work: F) -> F::Output {
    METER.scope(meter, work).await
}

pub(crate) fn count(capacities: &[ConsumedCapacity]) {
    let milli: u64 = capacities.iter().map(milli_units).sum();
    // Outside an invocation (a tool, a test's own look) nobody counts.
    let _outside = METER.try_with(|meter| {
        meter.calls.fetch_add(1, Ordering::Relaxed);
        meter.milli_units.fetch_add(milli, Ordering::Relaxed);
    });
}

fn milli_units(capacity: &ConsumedCapacity) -> u64 {
    // Units come as multiples of one half; the text form avoids a float cast.
    let text = format!("{:.3}", capacity.capacity_units().unwrap_or_default());
    text.replace('.', "").parse().unwrap_or_default()
}
