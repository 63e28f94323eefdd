//! The boundary: what the cloud asks of a DynamoDB, and the two that answer.

use std::{path::Path, sync::Arc};

use kernel::Clock;
use serde_json::{Value, json};

use super::{StreamItem, embedded::Embedded, error::EngineError, memory::Memory};
use crate::names::Names;

type Result<T> = std::result::Result<T, EngineError>;

/// The DynamoDB engine of one cloud.
pub(crate) enum Engine {
    /// The engine crate: in a file, or in memory.
    Embedded(Box<Embedded>),
    /// Ours: in memory only, for what needs many thousand writes a second.
    Memory(Box<Memory>),
}

impl Engine {
    /// The engine crate in memory, gone with the engine.
    pub fn memory(clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self::Embedded(Box::new(Embedded::memory(clock)?)))
    }

    /// The engine crate in `file`, created when missing.
    pub fn file(file: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self::Embedded(Box::new(Embedded::file(file, clock)?)))
    }

    /// Our own, gone with the engine.
    pub fn fast(clock: Arc<dyn Clock>) -> Self {
        Self::Memory(Box::new(Memory::new(clock)))
    }

    /// Runs one operation of the DynamoDB API, body in and body out in the wire's shape.
    pub fn call(&self, operation: &str, body: Value) -> Result<Value> {
        match self {
            Self::Embedded(engine) => engine.call(operation, body),
            Self::Memory(engine) => engine.call(operation, body),
        }
    }

    /// Runs `act` as one step that happens wholly or not at all, where the engine can.
    pub(super) fn atomically(&self, act: impl FnOnce() -> Result<()>) -> Result<()> {
        match self {
            Self::Embedded(engine) => engine.atomically(act),
            Self::Memory(_) => act(),
        }
    }

    /// Every item of `table`, in the order of its keys.
    pub fn items(&self, names: &Names, table: store::Table) -> Result<Vec<Value>> {
        let (mut items, mut start) = (Vec::new(), Value::Null);
        loop {
            let mut request = json!({ "TableName": names.table(table), "ConsistentRead": true });
            if let (false, Some(map)) = (start.is_null(), request.as_object_mut()) {
                map.insert("ExclusiveStartKey".into(), start);
            }
            let mut page = self.call("Scan", request)?;
            if let Some(Value::Array(page)) = page.get_mut("Items").map(Value::take) {
                items.extend(page);
            }
            start = page.get_mut("LastEvaluatedKey").map(Value::take).unwrap_or_default();
            if start.is_null() {
                let key = |item: &Value, name: &str| {
                    item.pointer(&format!("/{name}/S")).map(ToString::to_string)
                };
                items.sort_by_cached_key(|item| (key(item, "pk"), key(item, "sk")));
                return Ok(items);
            }
        }
    }

    /// Deletes what has expired, as the service does within days; tells how many items went.
    pub fn sweep_expired(&self) -> Result<usize> {
        match self {
            Self::Embedded(engine) => engine.sweep_expired(),
            Self::Memory(engine) => Ok(engine.sweep_expired()),
        }
    }

    /// The records of `table` after `position`, oldest first, at most `limit` (1,000).
    pub fn records_after(
        &self,
        names: &Names,
        table: store::Table,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StreamItem>> {
        match self {
            Self::Embedded(engine) => engine.records_after(names, table, position, limit),
            Self::Memory(engine) => engine.records_after(names, table, position, limit),
        }
    }

    /// The position of the newest record, 0 for an empty stream.
    pub fn last_position(&self, names: &Names, table: store::Table) -> Result<i64> {
        match self {
            Self::Embedded(engine) => engine.last_position(names, table),
            Self::Memory(engine) => Ok(engine.last_position(&names.table(table))),
        }
    }

    /// Drops the records before `position`; the one at `position` may stay.
    pub fn trim_before(&self, names: &Names, table: store::Table, position: i64) -> Result<()> {
        match self {
            Self::Embedded(engine) => engine.trim_before(names, table, position),
            Self::Memory(engine) => {
                engine.trim_before(&names.table(table), position);
                Ok(())
            }
        }
    }
}
