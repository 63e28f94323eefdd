//! An engine of our own: everything in memory, one lock, no disk, no suspension.
//!
//! It answers the calls and expressions that our store sends, with DynamoDB's answers, refusals and
//! prices; whatever lies outside is refused by name. It knows no product and no network. That it
//! answers as others do is checked by the same random calls on all of them (`differential`).
//!
//! In reading order: `value` and `number` are what an attribute holds, `units` what it weighs;
//! `lexer`, `condition`, `update` and `expression` read the expressions; `key`, `row`, `stream` and
//! `table` keep what is there; `write`, `transact`, `read`, `query` and `schema` are the
//! operations.

mod condition;
mod expression;
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
mod update;
mod value;
mod write;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::Clock;
use serde_json::{Map, Value as Json};

pub(crate) use self::number::Number;
use self::{
    expression::Expressions,
    table::Table,
    units::{Consumed, Wish},
    write::Verb,
};
use super::{StreamItem, error::EngineError, tokens::Tokens};
use crate::names::Names;

type Result<T> = std::result::Result<T, EngineError>;

/// The engine in memory, of one cloud.
pub(crate) struct Memory {
    state: Mutex<State>,
    expressions: Expressions,
    tokens: Mutex<Tokens>,
    clock: Arc<dyn Clock>,
}

/// The tables by their full names.
#[derive(Debug, Default)]
struct State {
    tables: BTreeMap<String, Table>,
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

    /// Runs one operation of the DynamoDB API, body in and body out in the wire's shape.
    pub fn call(&self, operation: &str, body: Json) -> Result<Json> {
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
            "TransactWriteItems" => self.transact_write(body),
            "CreateTable" => self.create_table(body),
            "DescribeTable" => self.describe_table(body),
            "DeleteTable" => self.delete_table(body),
            "UpdateTable" => self.update_table(body),
            "UpdateTimeToLive" => self.update_ttl(body),
            other => Err(EngineError::invalid(format!(
                "the engine in memory does not know DynamoDB's {other}"
            ))),
        }
    }

    /// Deletes what has expired; tells how many items went.
    pub fn sweep_expired(&self) -> usize {
        let now = self.seconds();
        self.state().tables.values_mut().map(|table| table.sweep(now)).sum()
    }

    /// The records of `table` after `position`, oldest first, at most `limit`.
    pub fn records_after(
        &self,
        names: &Names,
        table: store::Table,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StreamItem>> {
        let state = self.state();
        let stream = &state.table(&names.table(table))?.stream;
        let arn = names.stream_arn(table);
        Ok(stream.as_ref().map(|stream| stream.after(position, limit, &arn)).unwrap_or_default())
    }

    /// The position of the newest record of a table by its full name, 0 for none.
    pub fn last_position(&self, table: &str) -> i64 {
        let state = self.state();
        let stream = state.tables.get(table).and_then(|table| table.stream.as_ref());
        stream.map_or(0, stream::Stream::last)
    }

    /// Drops the records of a table, by its full name, before `position`.
    pub fn trim_before(&self, table: &str, position: i64) {
        let mut state = self.state();
        let stream = state.tables.get_mut(table).and_then(|table| table.stream.as_mut());
        if let Some(stream) = stream {
            stream.trim_before(position);
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
