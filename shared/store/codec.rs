//! Rows to items and back.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use kernel::{Id, Instant, Won};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{Item, Key};

/// A row that does not read as what it should be: a bug or a hand in the table.
#[derive(Debug, thiserror::Error)]
#[error("corrupt row: {0}")]
pub struct Corrupt(pub String);

/// An ordinary row under its key.
pub fn to_item<R: Serialize>(key: &Key, row: &R) -> Result<Item, Corrupt> {
    let mut item: Item = serde_dynamo::to_item(row).map_err(|error| Corrupt(error.to_string()))?;
    item.extend(key.item());
    Ok(item)
}

/// An ordinary row; the key attributes are ignored unless the row names them.
pub fn from_item<R: DeserializeOwned>(item: Item) -> Result<R, Corrupt> {
    serde_dynamo::from_item(item).map_err(|error| Corrupt(error.to_string()))
}

/// Builds an item attribute by attribute; absent options leave no attribute.
#[derive(Debug)]
pub struct ItemWriter(Item);

/// Room for as many attributes as most rows have: growing to it on the way costs more.
const ATTRIBUTES_USUAL: usize = 14;

impl Default for ItemWriter {
    fn default() -> Self {
        Self(Item::with_capacity(ATTRIBUTES_USUAL))
    }
}

impl ItemWriter {
    #[must_use]
    pub fn under(key: &Key) -> Self {
        let mut writer = Self::default();
        writer.0.extend(key.item());
        writer
    }
    #[must_use]
    pub fn text(mut self, name: &str, text: impl Into<String>) -> Self {
        self.0.insert(name.to_owned(), AttributeValue::S(text.into()));
        self
    }
    #[must_use]
    pub fn number(mut self, name: &str, number: impl Into<i64>) -> Self {
        let text = number.into().to_string();
        self.0.insert(name.to_owned(), AttributeValue::N(text));
        self
    }
    #[must_use]
    pub fn won(self, name: &str, won: impl Into<Option<Won>>) -> Self {
        match won.into() {
            Some(won) => self.number(name, won),
            None => self,
        }
    }
    #[must_use]
    pub fn instant(self, name: &str, instant: Instant) -> Self {
        self.number(name, instant.millis())
    }
    #[must_use]
    pub fn bytes(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let blob = Blob::new(bytes.as_ref());
        self.0.insert(name.to_owned(), AttributeValue::B(blob));
        self
    }
    #[must_use]
    pub fn id<T>(self, name: &str, id: Id<T>) -> Self {
        self.bytes(name, id.uuid().as_bytes())
    }
    #[must_use]
    pub fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }
    #[must_use]
    pub fn item(self) -> Item {
        self.0
    }
}

/// Reads an item attribute by attribute.
#[derive(Clone, Copy, Debug)]
pub struct ItemReader<'a>(pub &'a Item);

impl<'a> ItemReader<'a> {
    #[must_use]
    pub fn get(self, name: &str) -> Option<&'a AttributeValue> {
        self.0.get(name)
    }
    pub fn text(self, name: &str) -> Result<&'a str, Corrupt> {
        self.maybe_text(name).ok_or_else(|| missing(name))
    }
    #[must_use]
    pub fn maybe_text(self, name: &str) -> Option<&'a str> {
        self.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
    }
    #[must_use]
    pub fn maybe_number(self, name: &str) -> Option<i64> {
        self.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok())
    }
    pub fn number(self, name: &str) -> Result<i64, Corrupt> {
        self.maybe_number(name).ok_or_else(|| missing(name))
    }
    pub fn count(self, name: &str) -> Result<u32, Corrupt> {
        u32::try_from(self.number(name)?).map_err(|_| missing(name))
    }
    pub fn won(self, name: &str) -> Result<Won, Corrupt> {
        Won::new(self.number(name)?).map_err(|_| missing(name))
    }
    pub fn maybe_won(self, name: &str) -> Result<Option<Won>, Corrupt> {
        self.get(name).map(|_| self.won(name)).transpose()
    }
    pub fn instant(self, name: &str) -> Result<Instant, Corrupt> {
        self.number(name).map(Instant::from_millis)
    }
    pub fn bytes<const N: usize>(self, name: &str) -> Result<[u8; N], Corrupt> {
        let blob = self.get(name).and_then(|value| value.as_b().ok());
        blob.and_then(|blob| blob.as_ref().try_into().ok()).ok_or_else(|| missing(name))
    }
    pub fn maybe_bytes<const N: usize>(self, name: &str) -> Result<Option<[u8; N]>, Corrupt> {
        self.get(name).map(|_| self.bytes(name)).transpose()
    }
    pub fn id<T>(self, name: &str) -> Result<Id<T>, Corrupt> {
        self.bytes(name).map(|bytes| Id::from_uuid(Uuid::from_bytes(bytes)))
    }
}

fn missing(name: &str) -> Corrupt {
    Corrupt(format!("attribute {name} is missing or of the wrong kind"))
}
