//! Delivery: what is due now reaches the functions.

mod delivery;
mod queues;
mod schedules;
mod shards;
mod streams;
mod undelivered;

use futures::future::join_all;
use kernel::Instant;
use tokio::sync::Mutex;

pub use self::schedules::Rates;
pub(crate) use self::{delivery::Delivery, schedules::multiple};
use crate::clock::SettableClock;

/// More passes than any terminating story needs; a loop of messages ends here, loudly.
const SETTLE_PASSES_MAX: usize = 10_000;

/// The deliveries of one cloud, pass by pass.
pub(crate) struct Pump {
    pub delivery: Delivery,
    /// Held for the length of a delivery pass.
    alone: Mutex<()>,
}

impl Pump {
    pub fn new(delivery: Delivery) -> Self {
        Self { delivery, alone: Mutex::default() }
    }

    /// One pass; answers how many invocations it took.
    pub async fn pass(&self) -> usize {
        let _alone = self.alone.lock().await;
        let delivery = &self.delivery;
        if delivery.containers.next().is_none() {
            return 0;
        }
        let wiring = &delivery.account.wiring;
        let streams = join_all(wiring.streams.iter().map(|to| delivery.pump_stream(to)));
        let queues = join_all(wiring.queues.iter().map(|to| delivery.pump_queue(to)));
        let schedules = delivery.pump_schedules();
        let (streams, queues, schedules) =
            futures::join!(Box::pin(streams), Box::pin(queues), Box::pin(schedules));
        delivery.trim_streams();
        streams.into_iter().chain(queues).sum::<usize>() + schedules
    }

    /// Passes until nothing is due now.
    pub async fn run_until_idle(&self) -> usize {
        let mut invocations = 0;
        for _ in 0..SETTLE_PASSES_MAX {
            match self.pass().await {
                0 => return invocations,
                made => invocations += made,
            }
        }
        tracing::error!(invocations, "the cloud does not come to rest");
        invocations
    }

    /// The earliest instant at which something is due that only time holds back.
    pub fn next_due(&self, rates: Rates) -> Option<Instant> {
        let Self { delivery, .. } = self;
        [delivery.queues_due(), delivery.streams_due(), delivery.schedules_due(rates)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Plays virtual time up to `until`, with a stop at everything that becomes due on the way.
    pub async fn play(&self, clock: &dyn SettableClock, until: Instant, rates: Rates) -> usize {
        let mut invocations = self.run_until_idle().await;
        while let Some(due) = self.next_due(rates).filter(|due| *due <= until) {
            if due <= clock.now() {
                // Due, and yet settling did not deliver it: nothing will before an app is attached.
                break;
            }
            clock.set(due);
            invocations += self.run_until_idle().await;
        }
        clock.set(until.max(clock.now()));
        invocations + self.run_until_idle().await
    }
}
