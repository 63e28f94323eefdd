//! The form in which events travel.

use kernel::Instant;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// A fact that other contexts may act on.
pub trait Event: Serialize + DeserializeOwned {
    /// The bus's `detail-type`, like `AuctionClosed`.
    const KIND: &'static str;
}

/// An event on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The same at every redelivery and republication: consumers deduplicate by it.
    pub id: Uuid,
    pub kind: String,
    pub occurred_at: Instant,
    pub data: serde_json::Value,
}

/// A message that is not the event the consumer reads.
#[derive(Debug, thiserror::Error)]
#[error("not a readable {expected} message: {reason}")]
pub struct InvalidEnvelope {
    expected: &'static str,
    reason: String,
}

impl Envelope {
    pub fn new<E: Event>(id: Uuid, occurred_at: Instant, event: &E) -> Self {
        // An event is a plain struct of strings and numbers; serializing it cannot fail. Were it
        // to, the consumer would refuse the null and the message would end in its dead-letter
        // queue.
        let data = serde_json::to_value(event).unwrap_or_default();
        Self { id, kind: E::KIND.to_owned(), occurred_at, data }
    }

    /// The event inside, when it is an `E`.
    pub fn open<E: Event>(&self) -> Result<E, InvalidEnvelope> {
        if self.kind != E::KIND {
            return Err(InvalidEnvelope {
                expected: E::KIND,
                reason: format!("kind {}", self.kind),
            });
        }
        E::deserialize(&self.data)
            .map_err(|error| InvalidEnvelope { expected: E::KIND, reason: error.to_string() })
    }
}
