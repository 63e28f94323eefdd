//! Who is triggered by what, read off the functions' own definitions.

use std::collections::BTreeMap;

use kernel::Span;
use platform::{Function, Trigger};

use crate::state::{Redrive, State};

/// AWS's advice: a queue's visibility timeout is this many times its function's timeout.
const VISIBILITY_TIMEOUTS: u32 = 6;

/// A function that consumes a queue.
#[derive(Clone, Debug)]
pub(crate) struct QueueConsumer {
    pub function: &'static Function,
    /// The function's and the queue's.
    pub id: String,
    pub events: &'static [&'static str],
    pub batch_size: usize,
    pub max_receive_count: u32,
}

/// A function that consumes a table's stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamConsumer {
    pub function: &'static Function,
    pub id: String,
    pub table: store::Table,
    pub pk_prefix: &'static str,
    pub batch_size: usize,
}

/// A function that a rate schedule invokes.
#[derive(Clone, Debug)]
pub(crate) struct RateConsumer {
    pub id: String,
    pub every: Span,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Wiring {
    pub functions: BTreeMap<String, &'static Function>,
    pub queues: Vec<QueueConsumer>,
    pub streams: Vec<StreamConsumer>,
    pub rates: Vec<RateConsumer>,
}

/// The queue that takes what `queue` could not deliver.
pub(crate) fn dead_letter_queue(queue: &str) -> String {
    format!("{queue}-dlq")
}

impl Wiring {
    pub fn of(functions: &[&'static Function]) -> Self {
        let mut wiring = Self::default();
        for function in functions.iter().copied() {
            let id = function.id();
            wiring.functions.insert(id.clone(), function);
            wiring.add(function, id);
        }
        wiring
    }

    fn add(&mut self, function: &'static Function, id: String) {
        let count = |size: u32| usize::try_from(size.max(1)).unwrap_or(usize::MAX);
        match &function.trigger {
            Trigger::Queue(queue) => self.queues.push(QueueConsumer {
                function,
                id,
                events: queue.events,
                batch_size: count(queue.batch_size),
                max_receive_count: queue.max_receive_count,
            }),
            Trigger::Stream(stream) => self.streams.push(StreamConsumer {
                function,
                id,
                table: stream.table,
                pk_prefix: stream.pk_prefix,
                batch_size: count(stream.batch_size),
            }),
            Trigger::Schedule(schedule) => {
                let every = schedule.every.filter(|every| every.as_millis() > 0);
                self.rates.extend(every.map(|every| RateConsumer { id, every }));
            }
            _ => {}
        }
    }

    /// The queues that an event of this detail-type goes into.
    pub fn queues_of_event(&self, kind: &str) -> impl Iterator<Item = &str> {
        let wanting = self.queues.iter().filter(move |queue| queue.events.contains(&kind));
        wanting.map(|queue| queue.id.as_str())
    }

    /// Gives `state` every queue of the functions, keeping the messages of those it has.
    pub fn declare_queues(&self, state: &mut State) {
        for consumer in &self.queues {
            let dead_letter_queue = dead_letter_queue(&consumer.id);
            state.queues.entry(dead_letter_queue.clone()).or_default().visibility_seconds = 30;
            let queue = state.queues.entry(consumer.id.clone()).or_default();
            let timeout = consumer.function.timeout_s.saturating_mul(VISIBILITY_TIMEOUTS);
            queue.visibility_seconds = i64::from(timeout);
            let max_receive_count = consumer.max_receive_count.max(1);
            queue.redrive = Some(Redrive { dead_letter_queue, max_receive_count });
        }
    }
}
