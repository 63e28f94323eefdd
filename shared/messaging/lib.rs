//! How events and messages leave the process.
//!
//! An [`events::Envelope`] travels: outbox row (or table stream) → EventBridge → SQS → worker.
//! Every hop may repeat it, so `Envelope::id` is what consumers deduplicate by.

mod function_name;
mod publish;

pub use function_name::FunctionName;
pub use publish::{Email, Names, PublishError, Publisher, QUEUE_DELAY_MAX, Sms};
