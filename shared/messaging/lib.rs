//! What contexts tell each other, and how it leaves the process.
//!
//! An [`Envelope`] travels: outbox row (or table stream) → EventBridge → SQS → worker. Every hop
//! may repeat it, so [`Envelope::id`] is what consumers deduplicate by.

mod envelope;
mod publish;

pub mod events;

pub use envelope::{Envelope, Event, InvalidEnvelope};
pub use publish::{Email, Names, PublishError, Publisher, QUEUE_DELAY_MAX, Sms};
