//! An engine of our own: everything in memory, one lock, no suspension; over a data folder, every
//! change is written there before it is true.
//!
//! It answers the calls and expressions that our store sends, with DynamoDB's answers, refusals and
//! prices; whatever lies outside is refused by name. It knows no product and no network. That it
//! answers as others do is checked by the same random calls on all of them (`infra/engines`).
//!
//! In reading order: `value` and `number` are what an attribute holds, `units` what it weighs;
//! `lexer`, `condition`, `update` and `expression` read the expressions; `key`, `row`, `stream` and
//! `table` keep what is there; `write`, `transact`, `read`, `query` and `schema` are the
//! operations; `kept` is the data folder.

mod condition;
mod expression;
mod kept;
mod key;
mod lexer;
mod number;
mod query;
mod read;
mod row;
mod schema;
mod span;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod transact;
mod units;
mod unseen;
mod update;
mod value;
mod verb;
mod write;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::Clock;
use serde_json::{Map, Value as Json};

pub use self::number::Number;
use self::{
    expression::Expressions,
    table::Table,
    units::{Consumed, Wish},
    unseen::Unseen,
    verb::Verb,
};
use super::{engine::Engine, error::EngineError, record::StreamItem, tokens::Tokens};
use crate::disk::{Disk, Record};

type Result<T> = std::result::Result<T, EngineError>;

/// The engine in memory, of one cloud.
pub(crate) struct Memory {
    state: Mutex<State>,
    expressions: Expressions,
    tokens: Mutex<Tokens>,
    clock: Arc<dyn Clock>,
}

/// The tables by their full names, and where they are kept.
#[derive(Debug, Default)]
struct State {
    tables: BTreeMap<String, Table>,
    /// Where changes are written first; `None`: nowhere.
    disk: Option<Arc<Disk>>,
    unseen: Unseen,
}

/// What a call consumed, by table.
#[derive(Debug, Default)]
struct Bill(BTreeMap<String, Consumed>);

impl Bill {
    fn add(&mut self, table: String, consumed: &Consumed) {
        self.0.entry(table).or_default().add(consumed);
    }

    /// Into the answer, where it was wished for.
    fn put(&self, answer: &mut Map<String, Json>, wish: Wish, axis: Option<&str>) {
        if wish != Wish::None {
            let figures = self.0.iter().map(|(table, part)| part.json(table, wish, axis));
            answer.insert("ConsumedCapacity".into(), figures.collect());
        }
    }
}

impl State {
    fn table(&self, name: &str) -> Result<&Table> {
        self.tables.get(name).ok_or_else(no_table)
    }

    fn table_mut(&mut self, name: &str) -> Result<&mut Table> {
        self.tables.get_mut(name).ok_or_else(no_table)
    }
}

/// How many bytes an item in DynamoDB's JSON takes; `None` when it is none.
pub(super) fn item_bytes(item: &Json) -> Option<usize> {
    value::read_attributes(item.clone()).ok().map(|item| units::item_size(&item))
}

fn no_table() -> EngineError {
    EngineError::new("ResourceNotFoundException", "Requested resource not found")
}

impl Memory {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            state: Mutex::default(),
            expressions: Expressions::default(),
            tokens: Mutex::default(),
            clock,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seconds(&self) -> i64 {
        self.clock.now().seconds()
    }
}

impl Engine for Memory {
    fn call(&self, operation: &str, body: Json) -> Result<Json> {
        let Json::Object(body) = body else {
            return Err(EngineError::new("SerializationException", "the body is no object"));
        };
        match operation {
            "GetItem" => self.get_item(body),
            "BatchGetItem" => self.batch_get(body),
            "Query" => self.query(body),
            "Scan" => self.scan(body),
            "TransactGetItems" => self.transact_get(body),
            "PutItem" => self.write_item(Verb::Put, body),
            "UpdateItem" => self.write_item(Verb::Update, body),
            "DeleteItem" => self.write_item(Verb::Delete, body),
            "BatchWriteItem" => self.batch_write(body),
            "TransactWriteItems" => self.transact_write(body, None),
            "DescribeTable" => self.describe_table(body),
            "CreateTable" | "DeleteTable" | "UpdateTable" | "UpdateTimeToLive"
                if self.state().disk.is_some() =>
            {
                // A folder holds rows: its tables are those of the version that opens it.
                Err(EngineError::invalid(format!("{operation}: the tables of a folder are fixed")))
            }
            "CreateTable" => self.create_table(body),
            "DeleteTable" => self.delete_table(body),
            "UpdateTable" => self.update_table(body),
            "UpdateTimeToLive" => self.update_ttl(body),
            other => Err(EngineError::invalid(format!(
                "the engine in memory does not know DynamoDB's {other}"
            ))),
        }
    }

    fn decide_unseen(&self, body: Json) -> Result<(Json, Vec<u64>)> {
        let Json::Object(body) = body else {
            return Err(EngineError::new("SerializationException", "the body is no object"));
        };
        let mut parts = Vec::new();
        let answer = self.transact_write(body, Some(&mut parts))?;
        Ok((answer, parts))
    }

    fn show(&self, part: u64) {
        let at = self.seconds();
        self.state().show(part, at);
    }

    fn sweep_expired(&self) -> Result<usize> {
        let now = self.seconds();
        let mut state = self.state();
        let expired = state.expired(now);
        state.keep(&expired, now, true)?;
        let count = expired.len();
        for (table, change) in expired {
            state.table_mut(&table)?.expire(change, now);
        }
        Ok(count)
    }

    fn records_after(
        &self,
        table: &str,
        arn: &str,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StreamItem>> {
        let state = self.state();
        let stream = &state.table(table)?.stream;
        Ok(stream.as_ref().map(|stream| stream.after(position, limit, arn)).unwrap_or_default())
    }

    fn last_position(&self, table: &str) -> Result<i64> {
        let state = self.state();
        let stream = state.tables.get(table).and_then(|table| table.stream.as_ref());
        Ok(stream.map_or(0, stream::Stream::last))
    }

    fn trim_before(&self, table: &str, position: i64) -> Result<()> {
        let mut state = self.state();
        let stream = state.tables.get_mut(table).and_then(|table| table.stream.as_mut());
        if stream.is_some_and(|stream| stream.trim_before(position)) {
            state.note(&Record::Trimmed { table: table.to_owned(), position })?;
        }
        Ok(())
    }
}
