//! What `notification` tells: messages to phones and mailboxes.

use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// A message to a phone or mailbox waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageWaiting {
    /// The row to send, by its key.
    pub message: String,
}
impl Event for MessageWaiting {
    const KIND: &'static str = "MessageWaiting";
}
