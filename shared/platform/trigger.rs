//! What a worker is started with, and what it answers.

use std::{future::Future, pin::Pin};

use events::{Envelope, Event};
use kernel::Instant;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::Item;

use crate::Failure;

/// What a worker's handler answers: done, or why this one message (record, tick) must come again.
pub type Work = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;

/// A message from a queue.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: String,
    pub body: String,
    /// 1 at the first delivery.
    pub receive_count: u32,
    /// When this batch was received.
    pub now: Instant,
}

impl Message {
    /// The bus event inside, whether it came through EventBridge or was sent as it is.
    pub fn event<E: Event>(&self) -> Result<(Envelope, E), Failure> {
        let mut body: Value = serde_json::from_str(&self.body)?;
        let detail = body.get_mut("detail").map(Value::take);
        let envelope: Envelope = serde_json::from_value(detail.unwrap_or(body))?;
        let event = envelope.open()?;
        Ok((envelope, event))
    }

    /// A body of our own making.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

/// One change of one item.
#[derive(Clone, Debug)]
pub struct Change {
    pub sequence: String,
    pub old: Option<Item>,
    pub new: Option<Item>,
    pub now: Instant,
}

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
