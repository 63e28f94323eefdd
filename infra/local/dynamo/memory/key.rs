//! Keys: what rows are found and sorted by.

use std::sync::Arc;

use super::{
    number::Number,
    value::{Attributes, Name, Value},
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

const HASH_BYTES_MAX: usize = 2_048;
const RANGE_BYTES_MAX: usize = 1_024;

/// A key's value, in the order in which DynamoDB sorts it. Nothing sorts before or after the ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    First,
    Number(Number),
    Bytes(Arc<[u8]>),
    Text(Arc<str>),
    Last,
}

/// The type that a key attribute must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    S,
    N,
    B,
}

/// A key attribute.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: Name,
    pub kind: Kind,
}

/// What a table or an index is keyed by.
#[derive(Clone, Debug)]
pub struct Schema {
    pub hash: Part,
    pub range: Option<Part>,
}

/// The key of a row; a table without a range key has [`Key::First`] there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowKey {
    pub hash: Key,
    pub range: Key,
}

/// Where a row stands in its partition: by range key, in an index then by the row's own key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub range: Key,
    pub row: RowKey,
}

impl Kind {
    /// The key in `value`, when it is of this kind.
    pub fn key(self, value: &Value) -> Option<Key> {
        match (self, value) {
            (Self::S, Value::S(text)) => Some(Key::Text(Arc::clone(text))),
            (Self::N, Value::N(number)) => Some(Key::Number(number.clone())),
            (Self::B, Value::B(bytes)) => Some(Key::Bytes(Arc::clone(bytes))),
            _ => None,
        }
    }
}

impl Key {
    /// What it is an empty one of, which no key may be.
    pub fn empty_kind(&self) -> Option<&'static str> {
        match self {
            Self::Text(text) if text.is_empty() => Some("string"),
            Self::Bytes(bytes) if bytes.is_empty() => Some("binary"),
            _ => None,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::Number(number) => number.size(),
            Self::First | Self::Last => 0,
        }
    }
}

impl Place {
    /// Of a row in its table.
    pub const fn own(range: Key) -> Self {
        Self { range, row: RowKey { hash: Key::First, range: Key::First } }
    }

    /// Before everything with this range key.
    pub const fn before(range: Key) -> Self {
        Self::own(range)
    }

    /// After everything with this range key.
    pub const fn after(range: Key) -> Self {
        Self { range, row: RowKey { hash: Key::Last, range: Key::Last } }
    }
}

impl Schema {
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        std::iter::once(&self.hash).chain(&self.range)
    }

    /// The key of an item, when it has one.
    pub fn find(&self, item: &Attributes) -> Option<RowKey> {
        let find = |part: &Part| part.kind.key(item.get(&part.name)?);
        let range = self.range.as_ref().map_or(Some(Key::First), find)?;
        Some(RowKey { hash: find(&self.hash)?, range })
    }

    /// The attributes of the key alone.
    pub fn keys_of(&self, item: &Attributes) -> Attributes {
        let part = |part: &Part| Some((Arc::clone(&part.name), item.get(&part.name)?.clone()));
        self.parts().filter_map(part).collect()
    }

    /// The key of a whole item that is to be put.
    pub fn of_item(&self, item: &Attributes) -> Result<RowKey> {
        for part in self.parts() {
            let name = &part.name;
            let value = item.get(name).ok_or_else(|| {
                EngineError::invalid(format!(
                    "One or more parameter values were invalid: Missing the key {name} in the item"
                ))
            })?;
            if part.kind.key(value).is_none() {
                return Err(EngineError::invalid(format!(
                    "One or more parameter values were invalid: Type mismatch for key {name} \
                     expected: {:?} actual: {}",
                    part.kind,
                    value.kind()
                )));
            }
        }
        self.sound(item)
    }

    /// The key that a request names: exactly the key's attributes.
    pub fn of_key(&self, key: &Attributes) -> Result<RowKey> {
        if key.len() != self.parts().count() {
            return Err(no_match());
        }
        self.sound(key)
    }

    fn sound(&self, item: &Attributes) -> Result<RowKey> {
        let key = self.find(item).ok_or_else(no_match)?;
        let range = self.range.as_ref().unwrap_or(&self.hash);
        for (part, value) in [(&self.hash, &key.hash), (range, &key.range)] {
            if let Some(kind) = value.empty_kind() {
                return Err(EngineError::invalid(format!(
                    "{EMPTY_KEY} The AttributeValue for a key attribute cannot contain an empty \
                     {kind} value. Key: {}",
                    part.name
                )));
            }
        }
        if key.hash.size() > HASH_BYTES_MAX {
            return Err(EngineError::invalid(
                "One or more parameter values were invalid: Size of hashkey has exceeded the \
                 maximum size limit of2048 bytes",
            ));
        }
        if key.range.size() > RANGE_BYTES_MAX {
            return Err(EngineError::invalid(
                "One or more parameter values were invalid: Aggregated size of all range keys has \
                 exceeded the size limit of 1024 bytes",
            ));
        }
        Ok(key)
    }
}

/// How the refusal of an empty key begins: the one that a transaction does not wrap.
pub const EMPTY_KEY: &str = "One or more parameter values are not valid.";

pub fn no_match() -> EngineError {
    EngineError::invalid("The provided key element does not match the schema")
}
