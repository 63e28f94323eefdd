//! What a call costs, by DynamoDB's published rules.
//!
//! A write costs one unit for each KB begun, of the larger of the two images; a read half a unit
//! for each 4 KB begun, or a whole one when consistent; both twice in a transaction. An index is
//! written when its image of the item changes: once, or twice when its key does. Index writes are
//! never doubled. A failed condition costs what a write of the existing item does.

use std::collections::BTreeMap;

use serde_json::{Map, Number as JsonNumber, Value as Json};

use super::value::{Attributes, Value};

const WRITE_BYTES: usize = 1_024;
const READ_BYTES: usize = 4_096;

/// Half units: what an eventually consistent read of 4 KB costs is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Halves(pub u64);

impl Halves {
    const fn times(self, factor: u64) -> Self {
        Self(self.0 * factor)
    }

    fn json(self) -> Json {
        if self.0.is_multiple_of(2) {
            return (self.0 / 2).into();
        }
        let number = format!("{}.5", self.0 / 2).parse().ok().and_then(JsonNumber::from_f64);
        number.map_or(Json::Null, Json::Number)
    }
}

impl std::ops::AddAssign for Halves {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

/// The bytes of an item: names and values.
pub fn item_size(item: &Attributes) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

/// The bytes of a value.
pub fn value_size(value: &Value) -> usize {
    match value {
        Value::S(text) => text.len(),
        Value::N(number) => number.size(),
        Value::B(bytes) => bytes.len(),
        Value::Bool(_) | Value::Null => 1,
        Value::Ss(set) => set.iter().map(|text| text.len()).sum(),
        Value::Ns(set) => set.iter().map(super::number::Number::size).sum(),
        Value::Bs(set) => set.iter().map(|bytes| bytes.len()).sum(),
        Value::L(list) => 3 + list.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        Value::M(map) => {
            3 + map.iter().map(|(name, value)| 1 + name.len() + value_size(value)).sum::<usize>()
        }
    }
}

/// A write of `bytes`: one unit a KB begun, at least one.
pub fn write(bytes: usize) -> Halves {
    Halves(2 * count(bytes, WRITE_BYTES))
}

/// A read of `bytes`: one unit for each 4 KB begun when consistent, else half of it.
pub fn read(bytes: usize, consistent: bool) -> Halves {
    Halves(count(bytes, READ_BYTES) * if consistent { 2 } else { 1 })
}

fn count(bytes: usize, step: usize) -> u64 {
    u64::try_from(bytes.div_ceil(step).max(1)).unwrap_or(u64::MAX)
}

/// What the images of an item in an index cost, before and after, each with whether its key stayed.
pub fn index_write(old: Option<usize>, new: Option<usize>, moved: bool) -> Halves {
    match (old, new) {
        (None, None) => Halves(0),
        (Some(size), None) | (None, Some(size)) => write(size),
        (Some(old), Some(new)) if moved => Halves(write(old).0 + write(new).0),
        (Some(old), Some(new)) => write(old.max(new)),
    }
}

/// Which figures a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    None,
    Total,
    Indexes,
}

impl Wish {
    pub fn read(body: &Map<String, Json>) -> Self {
        match body.get("ReturnConsumedCapacity").and_then(Json::as_str) {
            Some("TOTAL") => Self::Total,
            Some("INDEXES") => Self::Indexes,
            _ => Self::None,
        }
    }
}

/// What one table was asked for: itself and its indexes by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consumed {
    pub table: Halves,
    pub indexes: BTreeMap<String, Halves>,
}

impl Consumed {
    pub fn of_table(units: Halves) -> Self {
        Self { table: units, indexes: BTreeMap::new() }
    }

    /// The same in a transaction: the table's share doubles, the indexes' does not.
    pub fn doubled(mut self) -> Self {
        self.table = self.table.times(2);
        self
    }

    pub fn add(&mut self, other: &Self) {
        self.table += other.table;
        for (index, units) in &other.indexes {
            match self.indexes.get_mut(index) {
                Some(sum) => *sum += *units,
                None => drop(self.indexes.insert(index.clone(), *units)),
            }
        }
    }

    pub fn total(&self) -> Halves {
        Halves(self.table.0 + self.indexes.values().map(|units| units.0).sum::<u64>())
    }

    /// As the answer carries it; `axis` is the transaction's second name for the figure.
    pub fn json(&self, table: &str, wish: Wish, axis: Option<&str>) -> Json {
        let mut map = figure(self.total(), axis);
        map.insert("TableName".to_owned(), table.into());
        if wish == Wish::Indexes {
            map.insert("Table".to_owned(), figure(self.table, axis).into());
            let indexes = self.indexes.iter();
            let indexes: Map<_, _> =
                indexes.map(|(name, units)| (name.clone(), figure(*units, axis).into())).collect();
            if !indexes.is_empty() {
                map.insert("GlobalSecondaryIndexes".to_owned(), indexes.into());
            }
        }
        Json::Object(map)
    }
}

fn figure(units: Halves, axis: Option<&str>) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("CapacityUnits".to_owned(), units.json());
    if let Some(axis) = axis {
        map.insert(axis.to_owned(), units.json());
    }
    map
}
