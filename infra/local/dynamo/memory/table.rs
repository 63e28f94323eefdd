//! One table: its rows in the order of their keys, its indexes, its stream.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    key::{EMPTY_KEY, Key, Place, RowKey, Schema},
    number::Number,
    row::Row,
    stream::{Images, Stream},
    units::{self, Consumed, Halves},
    value::{Attributes, Name, Value},
};
use crate::dynamo::EngineError;

type Result<T> = std::result::Result<T, EngineError>;

/// The largest item, names included.
pub const ITEM_BYTES_MAX: usize = 400 * 1_024;

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
#[derive(Clone, Debug)]
pub struct Change {
    pub key: RowKey,
    pub old: Option<Arc<Row>>,
    pub new: Option<Arc<Row>>,
}

impl Change {
    pub fn changes_nothing(&self) -> bool {
        let item = |row: &Option<Arc<Row>>| row.as_ref().map(Arc::as_ptr);
        item(&self.old) == item(&self.new)
            || matches!((&self.old, &self.new), (Some(a), Some(b)) if a.item == b.item)
    }
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
        if !change.changes_nothing() {
            self.replace(change, at, false, &mut consumed);
        }
        consumed
    }

    /// What a change would cost; the table stays as it is.
    pub fn price(&mut self, change: &Change) -> Consumed {
        let stream = self.stream.take();
        let Change { key, old, new } = change;
        let consumed = self.apply(change.clone(), 0);
        self.apply(Change { key: key.clone(), old: new.clone(), new: old.clone() }, 0);
        self.stream = stream;
        consumed
    }

    /// What has expired at `now`, in seconds, as the deletions that are due.
    pub fn expired(&self, now: i64) -> Vec<Change> {
        let Some(ttl) = &self.ttl else { return Vec::new() };
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
        gone
    }

    /// Makes the deletion of an expired item true.
    pub fn expire(&mut self, change: Change, at: i64) {
        self.replace(change, at, true, &mut Consumed::default());
    }

    /// Puts a row without telling the stream: it was told before.
    pub fn restore(&mut self, item: Attributes) -> Result<()> {
        let key = self.schema.of_item(&item)?;
        let stream = self.stream.take();
        let change = Change { key, old: None, new: Some(Row::new(item)) };
        self.replace(change, 0, false, &mut Consumed::default());
        self.stream = stream;
        Ok(())
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
            stream.push(Images { keys, old, new }, at, expired);
        }
    }
}

/// What expired longer ago stays: a guard of DynamoDB's against nonsense in the attribute.
const TTL_AGE_MAX_S: i64 = 5 * 365 * 86_400;
