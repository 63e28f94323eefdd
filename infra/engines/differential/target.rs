//! Who is asked.

use std::sync::Arc;

use kernel::{Clock, Instant, Span};
use local::{Engine, EngineError, VirtualClock, creation, memory_engine};
use serde_json::{Value, json};
use store::Table;

use crate::dynoxide::Dynoxide;

/// What an engine answers.
pub type Answer = Result<Value, EngineError>;

/// An engine that can be asked, reset and read.
pub trait Target {
    /// As the report calls it.
    fn name(&self) -> &'static str;
    /// Empty tables again.
    fn reset(&mut self) -> Result<(), EngineError>;
    /// One call of the DynamoDB API.
    fn call(&mut self, operation: &str, body: &Value) -> Answer;
    /// The stream of the streamed table, oldest first, as its consumers get it.
    fn records(&mut self) -> Result<Vec<Value>, EngineError>;
    /// Whether what has expired can be made to go.
    fn sweeps(&self) -> bool;
    /// Lets a minute pass and deletes what has expired; answers how many items went.
    fn sweep(&mut self) -> Result<usize, EngineError>;
}

/// When every sequence begins.
pub(super) const START: i64 = 1_795_251_600_000;

/// The tables of the check, under their full names: one with two indexes and a stream, one with one
/// index, both keyed like the product's; one whose indexes carry a part of the item.
pub(super) const TABLES: [&str; 3] = ["check-auction", "check-wallet", "check-part"];

/// The calls that create the tables.
pub(super) fn creations() -> Vec<(&'static str, Value)> {
    let mut calls = Vec::new();
    for table in [Table::Auction, Table::Wallet] {
        let (create, ttl) = creation("check-", table);
        calls.extend([("CreateTable", create), ("UpdateTimeToLive", ttl)]);
    }
    let key = |hash: &str, range: &str| {
        json!([{ "AttributeName": hash, "KeyType": "HASH" },
               { "AttributeName": range, "KeyType": "RANGE" }])
    };
    let attributes = ["pk", "sk", "gsi1pk", "gsi1sk"];
    let attributes = attributes.map(|name| json!({ "AttributeName": name, "AttributeType": "S" }));
    let include = json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": ["n", "t"] });
    let part = json!({
        "TableName": "check-part",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key("pk", "sk"),
        "AttributeDefinitions": attributes,
        "GlobalSecondaryIndexes": [
            { "IndexName": "gsi1", "KeySchema": key("gsi1pk", "gsi1sk"),
              "Projection": { "ProjectionType": "KEYS_ONLY" } },
            { "IndexName": "gsi2", "KeySchema": key("gsi1sk", "gsi1pk"), "Projection": include },
        ],
    });
    calls.push(("CreateTable", part));
    calls
}

type Start = fn(Arc<dyn Clock>) -> Result<Box<dyn Engine>, EngineError>;

/// An engine of this process.
pub struct LocalTarget {
    name: &'static str,
    start: Start,
    engine: Option<Box<dyn Engine>>,
    clock: Arc<VirtualClock>,
}

impl LocalTarget {
    /// Ours, in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::new("memory", |clock| Ok(memory_engine(clock)))
    }

    /// The engine crate.
    #[must_use]
    pub fn dynoxide() -> Self {
        Self::new("dynoxide", |clock| Ok(Box::new(Dynoxide::new(clock)?)))
    }

    fn new(name: &'static str, start: Start) -> Self {
        let clock = Arc::new(VirtualClock::new(Instant::from_millis(START)));
        Self { name, start, engine: None, clock }
    }

    fn engine(&self) -> Result<&dyn Engine, EngineError> {
        self.engine.as_deref().ok_or_else(|| EngineError::internal("reset it first"))
    }
}

impl Target for LocalTarget {
    fn name(&self) -> &'static str {
        self.name
    }

    fn reset(&mut self) -> Result<(), EngineError> {
        self.clock.set(Instant::from_millis(START));
        let engine = (self.start)(Arc::<VirtualClock>::clone(&self.clock))?;
        for (operation, body) in creations() {
            engine.call(operation, body)?;
        }
        self.engine = Some(engine);
        Ok(())
    }

    fn call(&mut self, operation: &str, body: &Value) -> Answer {
        self.engine()?.call(operation, body.clone())
    }

    fn records(&mut self) -> Result<Vec<Value>, EngineError> {
        let (mut records, mut position) = (Vec::new(), 0);
        let table = format!("check-{}", Table::Auction.name());
        loop {
            let page = self.engine()?.records_after(&table, "arn:check", position, 1_000)?;
            let Some(last) = page.last() else { return Ok(records) };
            position = last.position;
            records.extend(page.into_iter().map(|item| item.event));
        }
    }

    fn sweeps(&self) -> bool {
        true
    }

    fn sweep(&mut self) -> Result<usize, EngineError> {
        self.clock.advance(Span::minutes(1));
        self.engine()?.sweep_expired()
    }
}
