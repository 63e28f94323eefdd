//! What EventBridge Scheduler keeps.

use kernel::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A one-time schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct OneTime {
    pub name: String,
    pub group: String,
    pub at: Instant,
    /// The id of the function it invokes.
    pub function: String,
    /// The payload.
    pub input: Value,
    pub delete_after: bool,
    /// It has fired and was told to stay.
    pub completed: bool,
    pub created_at: Instant,
    /// The request that made it: `GetSchedule` answers with its members.
    pub request: Value,
}
