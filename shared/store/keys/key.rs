//! What a key is.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::Instant;
use uuid::Uuid;

use crate::Item;

/// The key of an item.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub pk: String,
    pub sk: String,
}

/// The sort key of an item that is alone in its partition.
pub(super) const ALONE: &str = "-";

/// Lists for staff are spread over this many index partitions each.
pub const LIST_SHARDS: u8 = 8;

/// In which of `count` partitions `id` is. The last byte is random.
pub(super) fn shard_of(id: Uuid, count: u8) -> u8 {
    id.as_bytes().last().map_or(0, |byte| byte % count)
}

/// The partition and the sort key of `id` in a list by time.
pub(super) fn listed(list: &str, id: Uuid, at: Instant) -> (String, String) {
    let shard = shard_of(id, LIST_SHARDS);
    (in_list(list, shard), format!("{at}#{id}"))
}

/// One of the partitions of a list.
pub(super) fn in_list(list: &str, shard: u8) -> String {
    format!("{list}#{shard}")
}

/// The partitions of a list.
pub(super) fn shards_of(list: &str) -> Vec<String> {
    (0..LIST_SHARDS).map(|shard| in_list(list, shard)).collect()
}

impl Key {
    pub(crate) fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { pk: pk.into(), sk: sk.into() }
    }

    /// The key as attributes.
    #[must_use]
    pub fn item(&self) -> HashMap<String, AttributeValue> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        HashMap::from([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }

    /// The key of an item that was read.
    #[must_use]
    pub fn of(item: &Item) -> Option<Self> {
        let (pk, sk) = Self::parts_of(item)?;
        Some(Self { pk: pk.to_owned(), sk: sk.to_owned() })
    }

    /// Its partition and sort key, not copied.
    pub(crate) fn parts_of(item: &Item) -> Option<(&str, &str)> {
        let text = |name: &str| item.get(name)?.as_s().ok().map(String::as_str);
        Some((text("pk")?, text("sk")?))
    }
}
