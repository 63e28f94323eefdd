//! One record of a stream.

use serde_json::Value;

/// What separates the engine's stored sequence numbers from the 21-digit public ones.
pub const SEQUENCE_OFFSET: i128 = 100_000_000_000_000_000_000;

/// One record of a stream.
#[derive(Clone, Debug)]
pub struct StreamItem {
    /// Counted by the engine, from 1: what cursors count in.
    pub position: i64,
    /// The item's partition key.
    pub pk: String,
    /// AWS writes no record for an update that changes nothing; some engines do.
    pub changes_nothing: bool,
    /// As Lambda delivers it.
    pub event: Value,
}

impl StreamItem {
    /// The number by which a consumer names this record in `batchItemFailures`.
    pub fn sequence_number(&self) -> String {
        (SEQUENCE_OFFSET + i128::from(self.position)).to_string()
    }
}
