//! Everything but the tables: queues, schedules, what was sent, how far consumers are.
//!
//! Data only: it knows no service that changes it.

mod change;
mod object;
mod queue;
mod schedule;
mod secret;
mod sent;

use std::collections::BTreeMap;

use kernel::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use self::{
    change::StateChange,
    object::{Bucket, Object},
    queue::{Message, Queue, Redrive},
    schedule::OneTime,
    secret::{Kept, Version},
};
pub use self::{
    queue::Counts,
    sent::{Email, Sms},
};

/// What of it a data folder keeps is in `change`.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    /// Queues and dead-letter queues by their own names.
    pub queues: BTreeMap<String, Queue>,
    /// One-time schedules by group and name.
    pub schedules: BTreeMap<String, OneTime>,
    /// When each rate schedule last fired, by function id.
    pub rates: BTreeMap<String, Instant>,
    /// Accepted asynchronous invocations that have not succeeded yet.
    pub invocations: Vec<Invocation>,
    /// How far each stream function is in each shard: by function id in the first one.
    pub cursors: BTreeMap<String, Cursor>,
    /// Where the shards end that a function still reads, by its id. Drawn anew after a restart.
    pub cuts: BTreeMap<String, i64>,
    pub failed: Vec<Failed>,
    pub sms: Vec<Sms>,
    pub emails: Vec<Email>,
    /// By their names.
    pub buckets: BTreeMap<String, Bucket>,
    /// By their names.
    pub secrets: BTreeMap<String, Kept>,
    /// The source of ids and sequence numbers: no randomness, so that runs repeat.
    last_number: u64,
    /// How far the clock was moved by hand, in milliseconds.
    pub clock_ahead_ms: i64,
}

/// An asynchronous invocation: Lambda tries it three times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Invocation {
    pub function: String,
    pub payload: Value,
    pub due: Instant,
    pub attempts: u32,
}

/// A stream function's position.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The last record that is done with.
    pub position: i64,
    /// How often the record after `position` has failed.
    pub attempts: u32,
    /// No delivery before: the wait after a failure.
    pub blocked_until: Option<Instant>,
    /// The last failure did not say which record: go one by one until it is known.
    pub one_by_one: bool,
}

/// Work given up: a stream record after ten attempts, an asynchronous invocation after three.
/// Nothing repeats it; a test that wants none lost asserts that there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    /// The function's id.
    pub function: String,
    /// The stream record or the payload.
    pub payload: Value,
    pub reason: String,
    pub at: Instant,
}

impl State {
    pub fn fresh_sequence(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// A UUID that repeats when the run is repeated.
    pub fn fresh_id(&mut self) -> String {
        let number = self.fresh_sequence();
        format!("{:08x}-0000-4000-8000-{:012x}", number >> 48, number & 0xffff_ffff_ffff)
    }
}
