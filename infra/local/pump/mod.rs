//! Delivery: what is due now reaches the functions.

mod queues;
mod schedules;
mod streams;

pub(crate) use schedules::multiple;

use futures::future::join_all;
use kernel::{Clock, Instant};
use serde_json::Value;

use crate::{clock::VirtualClock, cloud::Cloud, hooks::Sabotage};

/// More passes than any terminating story needs; a loop of messages ends here, loudly.
const SETTLE_PASSES_MAX: usize = 10_000;

/// Whether rate schedules count as something to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rates {
    Counted,
    Ignored,
}

impl Cloud {
    /// Delivers everything due now on the clock: stream records, queue messages, schedules.
    /// Answers how many invocations that took; 0 means there was nothing to do.
    ///
    /// Passes never overlap; a second caller waits for the first. Nothing is delivered while no
    /// app is attached. Functions of different triggers run concurrently, in the caller's task.
    pub async fn pump(&self) -> usize {
        let _alone = self.pumping.lock().await;
        if self.containers.next().is_none() {
            return 0;
        }
        let account = &self.account;
        let streams = join_all(account.wiring.streams.iter().map(|to| self.pump_stream(to)));
        let queues = join_all(account.wiring.queues.iter().map(|to| self.pump_queue(to)));
        let schedules = self.pump_schedules();
        let (streams, queues, schedules) =
            futures::join!(Box::pin(streams), Box::pin(queues), Box::pin(schedules));
        self.trim_streams();
        self.save();
        streams.into_iter().chain(queues).sum::<usize>() + schedules
    }

    /// Pumps until nothing is due now; answers how many invocations that took.
    pub async fn settle(&self) -> usize {
        let mut invocations = 0;
        for _ in 0..SETTLE_PASSES_MAX {
            match self.pump().await {
                0 => return invocations,
                made => invocations += made,
            }
        }
        tracing::error!(invocations, "the cloud does not come to rest");
        invocations
    }

    /// The earliest instant at which something is due that only time holds back: a delayed or
    /// hidden message, a stream or invocation waiting to be tried again, a schedule. It lies in
    /// the past when something is due now. Paused functions count for nothing.
    #[must_use]
    pub fn next_due(&self, rates: Rates) -> Option<Instant> {
        [self.queues_due(), self.streams_due(), self.schedules_due(rates)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Plays virtual time up to `until`: settles, moves `clock` (this cloud's) to the next due
    /// instant, settles again, and ends with the clock at `until`. Answers the invocations made.
    /// With [`Rates::Ignored`] rates are no reason to stop, but fire at the stops made anyway.
    pub async fn play(&self, clock: &VirtualClock, until: Instant, rates: Rates) -> usize {
        let mut invocations = self.settle().await;
        while let Some(due) = self.next_due(rates).filter(|due| *due <= until) {
            if due <= clock.now() {
                // Due, and yet settling did not deliver it: nothing will before an app is attached.
                break;
            }
            clock.set(due);
            invocations += self.settle().await;
        }
        clock.set(until.max(clock.now()));
        invocations + self.settle().await
    }

    /// One invocation in the next container.
    async fn invoke(
        &self,
        function: &'static platform::Function,
        mut payload: Value,
    ) -> Result<Value, String> {
        let action = format!("lambda:{}", function.id());
        let sabotage = self.account.hooks.sabotage(&action, &mut payload);
        if sabotage == Sabotage::Skip {
            return Ok(Value::Null);
        }
        let answer = match self.containers.next() {
            Some(container) => container.invoke(function, payload).await,
            None => Err("no app is attached".to_owned()),
        };
        if sabotage == Sabotage::Swallow { Ok(Value::Null) } else { answer }
    }
}

/// What a partial batch response says.
pub(crate) enum Outcome {
    Done,
    /// The identifiers of what has to come again.
    Partly(Vec<String>),
    /// An error, or a response that Lambda does not accept: everything has to come again.
    Failed(String),
}

impl Outcome {
    /// As Lambda reads it: an empty or missing list is success, an identifier that is not in the
    /// batch fails the batch.
    pub fn read(answer: Result<Value, String>, batch: &[String]) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return Self::Failed(error),
        };
        let failures = match answer.get("batchItemFailures") {
            None | Some(Value::Null) => return Self::Done,
            Some(Value::Array(failures)) => failures,
            Some(_) => return Self::Failed("batchItemFailures is no list".to_owned()),
        };
        let mut ids = Vec::with_capacity(failures.len());
        for failure in failures {
            match failure.get("itemIdentifier").and_then(Value::as_str) {
                Some(id) if batch.iter().any(|known| known == id) => ids.push(id.to_owned()),
                _ => return Self::Failed(format!("{failure} names nothing of the batch")),
            }
        }
        if ids.is_empty() { Self::Done } else { Self::Partly(ids) }
    }
}
