//! Several items read in one call, each as what it is.
//!
//! Promises: what is read under a key comes out under what was asked for with it, whatever else was
//! asked. Knows nothing of one moment: each item is as it stood when its own turn came.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};

use crate::{
    Corrupt, Item, Key, Read, Store, StoreError, Table, error::sort, meter, retry::Policy,
};

/// Unprocessed keys of a batch read are asked for again.
const BATCH_READ: Policy = Policy::named("batch-read", 5);

/// What is to be read in one call.
#[derive(Debug)]
pub(crate) struct Batch {
    read: Read,
    /// Of this table the items are read as they stand, whatever is said of the others.
    strict: Option<Table>,
    keys: Vec<(Table, Key)>,
}

/// One item of a [`Batch`]: what stands there, and what it reads as.
#[derive(Debug)]
pub(crate) struct Asked<T> {
    position: usize,
    decode: fn(&Item) -> Result<T, Corrupt>,
}

/// What a [`Batch`] found.
#[derive(Debug)]
pub(crate) struct Found(Vec<Option<Item>>);

impl Batch {
    pub(crate) const fn new(read: Read) -> Self {
        Self { read, strict: None, keys: Vec::new() }
    }

    /// Reads the items of this table consistently: what the others cost stays as it is.
    pub(crate) const fn strictly(mut self, table: Table) -> Self {
        self.strict = Some(table);
        self
    }

    /// Asks for one more item.
    pub(crate) fn ask<T>(
        &mut self,
        table: Table,
        key: Key,
        decode: fn(&Item) -> Result<T, Corrupt>,
    ) -> Asked<T> {
        self.keys.push((table, key));
        Asked { position: self.keys.len().saturating_sub(1), decode }
    }
}

impl Found {
    /// The item that was asked for; `None`: there is none.
    pub(crate) fn of<T>(&self, asked: &Asked<T>) -> Result<Option<T>, Corrupt> {
        let item = self.0.get(asked.position).and_then(Option::as_ref);
        item.map(asked.decode).transpose()
    }
}

/// For an item that needs only be there.
#[expect(clippy::unnecessary_wraps, reason = "one of the decoders")]
pub(crate) const fn present(_: &Item) -> Result<(), Corrupt> {
    Ok(())
}

impl Store {
    /// Reads a batch in one call.
    pub(crate) async fn read_batch(&self, batch: &Batch) -> Result<Found, StoreError> {
        let read = |table| match batch.strict {
            Some(strict) if strict == table => Read::Consistent,
            _ => batch.read,
        };
        self.read_keys(&batch.keys, read).await.map(Found)
    }

    /// Reads items of one kind, eventually consistent, in one call; answers in the order asked.
    pub(crate) async fn read_all<T>(
        &self,
        keys: impl Iterator<Item = (Table, Key)>,
        decode: impl Fn(Item) -> Result<T, Corrupt>,
    ) -> Result<Vec<Option<T>>, StoreError> {
        let keys: Vec<_> = keys.collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.read_keys(&keys, |_| Read::Eventual).await?;
        let items = items.into_iter().map(|item| item.map(&decode).transpose());
        Ok(items.collect::<Result<_, _>>()?)
    }

    async fn read_keys(
        &self,
        keys: &[(Table, Key)],
        read: impl Fn(Table) -> Read,
    ) -> Result<Vec<Option<Item>>, StoreError> {
        let mut wanted = self.wanted(keys, read)?;
        let mut found: Vec<Option<Item>> = Vec::new();
        found.resize_with(keys.len(), || None);
        let mut attempts = BATCH_READ.attempts();
        while attempts.again() {
            let request = self.client.batch_get_item().set_request_items(Some(wanted));
            let answer = request.return_consumed_capacity(ReturnConsumedCapacity::Total);
            let answer = answer.send().await.map_err(|error| sort(&error))?;
            meter::count(answer.consumed_capacity());
            for (table, items) in answer.responses.unwrap_or_default() {
                let table = table.strip_prefix(self.prefix()).unwrap_or_default();
                for item in items {
                    // No key comes twice: DynamoDB refuses a batch that names one twice. Mostly
                    // there are a few: to compare them all costs less than to hash them.
                    let place = Key::parts_of(&item).and_then(|(pk, sk)| {
                        let is_it = |(asked, key): &(Table, Key)| {
                            asked.name() == table && key.pk == pk && key.sk == sk
                        };
                        keys.iter().position(is_it)
                    });
                    if let Some(slot) = place.and_then(|place| found.get_mut(place)) {
                        *slot = Some(item);
                    }
                }
            }
            wanted = answer.unprocessed_keys.unwrap_or_default();
            if wanted.is_empty() {
                return Ok(found);
            }
        }
        Err(attempts.exhausted().into())
    }

    /// What DynamoDB is asked for: each table's keys.
    fn wanted(
        &self,
        keys: &[(Table, Key)],
        read: impl Fn(Table) -> Read,
    ) -> Result<HashMap<String, KeysAndAttributes>, StoreError> {
        let mut tables: Vec<(Table, Vec<Item>)> = Vec::new();
        for (table, key) in keys {
            match tables.iter_mut().find(|(known, _)| known == table) {
                Some((_, asked)) => asked.push(key.item()),
                None => tables.push((*table, vec![key.item()])),
            }
        }
        let asked = tables.into_iter().map(|(table, keys)| {
            let asked = KeysAndAttributes::builder().set_keys(Some(keys));
            let consistent = (read(table) == Read::Consistent).then_some(true);
            let asked = asked.set_consistent_read(consistent);
            let asked = asked.build().map_err(|error| StoreError::Refused(error.to_string()))?;
            Ok((self.table_name(table), asked))
        });
        asked.collect()
    }
}
