//! What a test may turn to make delivery as unpleasant as the real one can be.

use std::collections::BTreeSet;

use kernel::Span;

use crate::{
    capacity::Capacity,
    environments::{ColdStarts, Slowness},
    lapse::Lapses,
    latency::Latency,
    throttling::Throttling,
    visibility::Visibility,
};

/// The cloud's behaviour where AWS promises little. The default is the pleasant day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knobs {
    /// Every queue message is stored this many times (same message id).
    pub message_copies: u32,
    /// Queue messages are received in an order drawn from this seed instead of by age.
    pub shuffle: Option<u64>,
    /// Every stream batch is delivered this many times in a row.
    pub stream_copies: u32,
    /// How many shards each stream has, from the next delivery on: in order within one, side by
    /// side among them. What was written before is read to its end in the old ones first.
    pub shards: usize,
    /// When failed queue messages appear again; `None`: after the queue's visibility timeout.
    pub retry_visibility: Option<Span>,
    /// One-time schedules fire this much late.
    pub schedules_late: Span,
    /// One-time schedules fire this many times.
    pub schedule_copies: u32,
    /// One-time schedules vanish when due, without firing.
    pub schedules_lost: bool,
    /// Rate schedules fire at all.
    pub rates: bool,
    /// Rate schedules fire at least this far apart: for days that a test only waits through.
    pub rates_apart: Span,
    /// What each invocation asks is counted under its request id ([`crate::Usage::invocations`]).
    pub tally: bool,
    /// Functions (by id) that nothing is delivered to.
    pub paused: BTreeSet<String>,
    /// A DynamoDB transaction is under way for this many turns of the other tasks, and what meets
    /// its items meanwhile is refused. 0: transactions never meet.
    pub transaction_turns: u32,
    /// And for so long on the cloud's clock, before it is decided; with [`Knobs::latency`] only.
    pub transaction_span: Span,
    /// How a transaction's items become visible one by one once it is decided; `None`: all at once.
    pub visibility: Option<Visibility>,
    /// Every call gives way once more between its effect and its answer: there, too, a caller can
    /// be broken off.
    pub answers_wait: bool,
    /// What each DynamoDB partition can take; `None`: anything.
    pub capacity: Option<Capacity>,
    /// How long every call takes; `None`: no time.
    pub latency: Option<Latency>,
    /// How many invocations of one function run at once, the next being refused; `None`: any
    /// number.
    pub concurrency: Option<u32>,
    /// What an invocation costs that finds no warm environment; `None`: nothing.
    pub cold_starts: Option<ColdStarts>,
    /// Which invocations take long; `None`: none.
    pub slowness: Option<Slowness>,
    /// Which requests the gateway answers 429, unheard; `None`: none.
    pub throttling: Option<Throttling>,
    /// Which batches of queue messages are visible again while they are worked on; `None`: none.
    pub lapses: Option<Lapses>,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            message_copies: 1,
            shuffle: None,
            stream_copies: 1,
            shards: 1,
            retry_visibility: None,
            schedules_late: Span::millis(0),
            schedule_copies: 1,
            schedules_lost: false,
            rates: true,
            rates_apart: Span::millis(0),
            tally: false,
            paused: BTreeSet::new(),
            transaction_turns: 0,
            transaction_span: Span::millis(0),
            visibility: None,
            answers_wait: false,
            capacity: None,
            latency: None,
            concurrency: None,
            cold_starts: None,
            slowness: None,
            throttling: None,
            lapses: None,
        }
    }
}
