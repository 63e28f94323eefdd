//! Keys of the outbox: envelopes on their way to the bus.

use kernel::Instant;
use uuid::Uuid;

use super::key::{ALONE, Key, shard_of};

/// Pending outbox rows are spread over this many index partitions.
const OUTBOX_SHARDS: u8 = 8;

#[must_use]
pub fn outbox(id: Uuid) -> Key {
    Key::new(id.to_string(), ALONE)
}

/// `gsi1`: pending rows by age.
#[must_use]
pub fn outbox_pending(id: Uuid, at: Instant) -> (String, String) {
    let shard = shard_of(id, OUTBOX_SHARDS);
    (format!("pending#{shard}"), format!("{at}#{id}"))
}

pub fn outbox_shards() -> impl Iterator<Item = String> {
    (0..OUTBOX_SHARDS).map(|shard| format!("pending#{shard}"))
}
