//! One table: its rows in the order of their keys, its indexes, its stream.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    number::Number,
    stream::Stream,
    units::{self, Consumed, Halves},
    value::{Attributes, Name, Value},
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

/// The largest item, names included.
pub const ITEM_BYTES_MAX: usize = 400 * 1_024;
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

/// An item and its size, which everything is billed by.
#[derive(Debug)]
pub struct Row {
    pub item: Attributes,
    pub size: usize,
}

pub type Partition = BTreeMap<Place, Arc<Row>>;
pub type Tree = BTreeMap<Key, Partition>;

/// Which attributes an index carries besides the keys.
#[derive(Clone, Debug)]
pub enum Projection {
    All,
    Keys,
    Include(Vec<Name>),
}

/// A global secondary index: the rows that have its keys.
#[derive(Debug)]
pub struct Index {
    pub name: String,
    pub schema: Schema,
    pub projection: Projection,
    pub tree: Tree,
}

#[derive(Debug)]
pub struct Table {
    pub name: String,
    pub schema: Schema,
    pub tree: Tree,
    pub indexes: Vec<Index>,
    pub ttl: Option<Name>,
    pub stream: Option<Stream>,
}

/// What a write makes of one row. `None` before or after: there is no item.
#[derive(Debug)]
pub struct Change {
    pub key: RowKey,
    pub old: Option<Arc<Row>>,
    pub new: Option<Arc<Row>>,
}

impl Row {
    pub fn new(item: Attributes) -> Arc<Self> {
        let size = units::item_size(&item);
        Arc::new(Self { item, size })
    }
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
    fn empty_kind(&self) -> Option<&'static str> {
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

impl Index {
    /// The row as the index has it, and where.
    fn entry(
        &self,
        table: &Schema,
        own: &RowKey,
        row: &Arc<Row>,
    ) -> Option<(Key, Place, Arc<Row>)> {
        let key = self.schema.find(&row.item)?;
        let place = Place { range: key.range, row: own.clone() };
        let keys = || self.schema.parts().chain(table.parts()).map(|part| &part.name);
        let only = |names: &mut dyn Iterator<Item = &Name>| {
            let pick = |name: &Name| Some((Arc::clone(name), row.item.get(name)?.clone()));
            Row::new(names.filter_map(pick).collect())
        };
        let image = match &self.projection {
            Projection::All => Arc::clone(row),
            Projection::Keys => only(&mut keys()),
            Projection::Include(more) => only(&mut keys().chain(more)),
        };
        Some((key.hash, place, image))
    }

    /// Follows a change of the table; tells what that costs.
    fn follow(&mut self, table: &Schema, change: &Change) -> Halves {
        let entry = |row: &Option<Arc<Row>>| {
            row.as_ref().and_then(|row| self.entry(table, &change.key, row))
        };
        let (old, new) = (entry(&change.old), entry(&change.new));
        let size =
            |entry: &Option<(Key, Place, Arc<Row>)>| entry.as_ref().map(|(.., row)| row.size);
        let moved = match (&old, &new) {
            (Some((hash, place, row)), Some((new_hash, new_place, new_row))) => {
                let moved = hash != new_hash || place != new_place;
                if !moved && row.item == new_row.item {
                    return Halves(0);
                }
                moved
            }
            (None, None) => return Halves(0),
            _ => false,
        };
        let cost = units::index_write(size(&old), size(&new), moved);
        if let Some((hash, place, _)) = old {
            remove(&mut self.tree, &hash, &place);
        }
        if let Some((hash, place, row)) = new {
            self.tree.entry(hash).or_default().insert(place, row);
        }
        cost
    }
}

fn remove(tree: &mut Tree, hash: &Key, place: &Place) {
    if let Some(partition) = tree.get_mut(hash) {
        partition.remove(place);
        if partition.is_empty() {
            tree.remove(hash);
        }
    }
}

impl Table {
    pub fn get(&self, key: &RowKey) -> Option<&Arc<Row>> {
        self.tree.get(&key.hash)?.get(&Place::own(key.range.clone()))
    }

    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// Adds an index over the rows that there are.
    pub fn add_index(&mut self, mut index: Index) {
        for (hash, partition) in &self.tree {
            for (place, row) in partition {
                let key = RowKey { hash: hash.clone(), range: place.range.clone() };
                if let Some((hash, place, row)) = index.entry(&self.schema, &key, row) {
                    index.tree.entry(hash).or_default().insert(place, row);
                }
            }
        }
        self.indexes.push(index);
    }

    /// Whether the attributes that an index is keyed by are what they must be, where they changed.
    pub fn check_index_keys(&self, before: Option<&Attributes>, item: &Attributes) -> Result<()> {
        for index in &self.indexes {
            for part in index.schema.parts() {
                let Some(value) = item.get(&part.name) else { continue };
                if before.and_then(|before| before.get(&part.name)) == Some(value) {
                    continue;
                }
                let (name, index) = (&part.name, &index.name);
                let Some(key) = part.kind.key(value) else {
                    return Err(EngineError::invalid(format!(
                        "One or more parameter values were invalid: Type mismatch for Index Key \
                         {name} Expected: {:?} Actual: {} IndexName: {index}",
                        part.kind,
                        value.kind()
                    )));
                };
                let Some(kind) = key.empty_kind() else { continue };
                let cannot = format!(
                    "The AttributeValue for a key attribute cannot contain an empty {kind}"
                );
                return Err(EngineError::invalid(match before {
                    Some(_) => format!(
                        "{EMPTY_KEY} The update expression attempted to update a secondary index \
                         key to a value that is not supported. {cannot} value."
                    ),
                    None => format!(
                        "{EMPTY_KEY} A value specified for a secondary index key is not \
                         supported. {cannot} value. IndexName: {index}, IndexKey: {name}"
                    ),
                }));
            }
        }
        Ok(())
    }

    /// Makes a change true, in the table, its indexes and its stream; tells what it costs.
    pub fn apply(&mut self, change: Change, at: i64) -> Consumed {
        let size = |row: &Option<Arc<Row>>| row.as_ref().map_or(0, |row| row.size);
        let mut consumed =
            Consumed::of_table(units::write(size(&change.old).max(size(&change.new))));
        let item = |row: &Option<Arc<Row>>| row.as_ref().map(Arc::as_ptr);
        let same = item(&change.old) == item(&change.new)
            || matches!((&change.old, &change.new), (Some(a), Some(b)) if a.item == b.item);
        if !same {
            self.replace(change, at, false, &mut consumed);
        }
        consumed
    }

    /// Deletes what has expired at `now`, in seconds; tells how many items went.
    pub fn sweep(&mut self, now: i64) -> usize {
        let Some(ttl) = &self.ttl else { return 0 };
        let mut gone = Vec::new();
        for (hash, partition) in &self.tree {
            for (place, row) in partition {
                let until = row.item.get(ttl);
                let expired = matches!(until, Some(Value::N(until))
                    if *until < Number::Whole(now) && *until > Number::Whole(now - TTL_AGE_MAX_S));
                if expired {
                    let key = RowKey { hash: hash.clone(), range: place.range.clone() };
                    gone.push(Change { key, old: Some(Arc::clone(row)), new: None });
                }
            }
        }
        let count = gone.len();
        for change in gone {
            self.replace(change, now, true, &mut Consumed::default());
        }
        count
    }

    fn replace(&mut self, change: Change, at: i64, expired: bool, consumed: &mut Consumed) {
        for index in &mut self.indexes {
            let cost = index.follow(&self.schema, &change);
            if cost > Halves(0) {
                consumed.indexes.insert(index.name.clone(), cost);
            }
        }
        let Change { key, old, new } = change;
        let place = Place::own(key.range);
        match &new {
            Some(row) => {
                drop(self.tree.entry(key.hash).or_default().insert(place, Arc::clone(row)));
            }
            None => remove(&mut self.tree, &key.hash, &place),
        }
        if let Some(stream) = &mut self.stream {
            let any = new.as_ref().or(old.as_ref());
            let keys = any.map(|row| self.schema.keys_of(&row.item)).unwrap_or_default();
            stream.push(keys, (old, new), at, expired);
        }
    }
}

/// What expired longer ago stays: a guard of DynamoDB's against nonsense in the attribute.
const TTL_AGE_MAX_S: i64 = 5 * 365 * 86_400;
