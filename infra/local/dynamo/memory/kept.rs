//! The engine over a data folder: what is written there, and how it is read again.

use std::sync::Arc;

use super::{
    Memory, State,
    row::Row,
    stream::Record as Told,
    table::{Change, Table},
    value::{read_attributes, write_attributes},
};
use crate::{
    disk::{Disk, Record, RowChange, StreamRecord},
    dynamo::EngineError,
};

type Result<T> = std::result::Result<T, EngineError>;

/// How many rows one record holds where the whole table is written.
const ROWS_A_RECORD: usize = 256;

impl State {
    /// Writes changes into the folder, where there is one. What cannot be written does not happen.
    pub(super) fn keep(&self, changes: &[(String, Change)], at: i64, expired: bool) -> Result<()> {
        if self.disk.is_none() {
            return Ok(());
        }
        let mut rows = Vec::with_capacity(changes.len());
        for (name, change) in changes.iter().filter(|(_, change)| !change.changes_nothing()) {
            let table = self.table(name)?;
            let gone = change.new.is_none();
            let item = match (&change.new, &change.old) {
                (Some(row), _) => write_attributes(&row.item),
                (None, Some(row)) => write_attributes(&table.schema.keys_of(&row.item)),
                (None, None) => continue,
            };
            rows.push(RowChange { table: name.clone(), item, gone, at, expired });
        }
        if rows.is_empty() { Ok(()) } else { self.note(&Record::Rows(rows)) }
    }

    /// Writes one record into the folder, where there is one.
    pub(super) fn note(&self, record: &Record) -> Result<()> {
        let Some(disk) = &self.disk else { return Ok(()) };
        disk.append(record).map_err(|error| EngineError::internal(format!("not written: {error}")))
    }

    /// What has expired in any table.
    pub(super) fn expired(&self, now: i64) -> Vec<(String, Change)> {
        let gone = |(name, table): (&String, &Table)| {
            let gone = table.expired(now).into_iter();
            gone.map(|change| (name.clone(), change)).collect::<Vec<_>>()
        };
        self.tables.iter().flat_map(gone).collect()
    }

    fn take_up(&mut self, change: RowChange) -> Result<()> {
        let RowChange { table, item, gone, at, expired } = change;
        let table = self.table_mut(&table)?;
        let item = read_attributes(item)?;
        let key = if gone { table.schema.of_key(&item) } else { table.schema.of_item(&item) }?;
        let old = table.get(&key).cloned();
        let new = (!gone).then(|| Row::new(item));
        let change = Change { key, old, new };
        if expired {
            table.expire(change, at)
        } else {
            drop(table.apply(change, at))
        }
        Ok(())
    }
}

impl Memory {
    /// Makes what a record of the folder says true again. A record of something else is nothing to
    /// the tables.
    pub fn restore(&self, record: Record) -> Result<()> {
        let mut state = self.state();
        match record {
            Record::Rows(rows) => rows.into_iter().try_for_each(|row| state.take_up(row)),
            Record::Base { table, items } => {
                let table = state.table_mut(&table)?;
                items.into_iter().try_for_each(|item| table.restore(read_attributes(item)?))
            }
            Record::Stream { table, last, records } => {
                let Some(stream) = &mut state.table_mut(&table)?.stream else { return Ok(()) };
                for record in records {
                    stream.restore(told(record)?);
                }
                stream.count_from(last);
                Ok(())
            }
            Record::Trimmed { table, position } => {
                if let Some(stream) = &mut state.table_mut(&table)?.stream {
                    stream.trim_before(position);
                }
                Ok(())
            }
            Record::State(_) => Ok(()),
        }
    }

    /// Everything, as the fewest records.
    pub fn records(&self) -> Vec<Record> {
        let state = self.state();
        let mut records = Vec::new();
        for table in state.tables.values() {
            let rows = table.tree.values().flat_map(|partition| partition.values());
            let items: Vec<_> = rows.map(|row| write_attributes(&row.item)).collect();
            records.extend(
                items
                    .chunks(ROWS_A_RECORD)
                    .map(|items| Record::Base { table: table.name.clone(), items: items.to_vec() }),
            );
            if let Some(stream) = &table.stream {
                records.push(Record::Stream {
                    table: table.name.clone(),
                    last: stream.last(),
                    records: stream.records().map(kept).collect(),
                });
            }
        }
        records
    }

    /// From now on every change is written to `disk` before it is true.
    pub fn keep_on(&self, disk: Arc<Disk>) {
        self.state().disk = Some(disk);
    }
}

fn kept(record: &Told) -> StreamRecord {
    let image = |row: &Option<Arc<Row>>| row.as_ref().map(|row| write_attributes(&row.item));
    StreamRecord {
        position: record.position,
        keys: write_attributes(&record.keys),
        old: image(&record.old),
        new: image(&record.new),
        at: record.at,
        expired: record.expired,
    }
}

fn told(record: StreamRecord) -> Result<Told> {
    let image = |item: Option<_>| item.map(read_attributes).transpose();
    let old = image(record.old)?;
    let new = image(record.new)?;
    Ok(Told {
        position: record.position,
        keys: read_attributes(record.keys)?,
        old: old.map(Row::new),
        new: new.map(Row::new),
        at: record.at,
        expired: record.expired,
    })
}
