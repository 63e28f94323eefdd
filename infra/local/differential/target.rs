//! Who is asked.

use std::sync::Arc;

use kernel::{Clock, Instant, Span};
use serde_json::{Value, json};
use store::Table;

use crate::{
    VirtualClock,
    dynamo::{Engine, EngineError, creation},
    names::Names,
};

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
    let names = Names { prefix: "check-".into() };
    let mut calls = Vec::new();
    for table in [Table::Auction, Table::Wallet] {
        let (create, ttl) = creation(&names, table);
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

/// An engine of this process.
pub struct LocalTarget {
    name: &'static str,
    start: fn(Arc<dyn Clock>) -> Result<Engine, EngineError>,
    engine: Option<Engine>,
    clock: Arc<VirtualClock>,
}

impl LocalTarget {
    /// The engine in memory, ours.
    #[must_use]
    pub fn memory() -> Self {
        Self::new("memory", |clock| Ok(Engine::fast(clock)))
    }

    /// The engine crate.
    #[must_use]
    pub fn dynoxide() -> Self {
        Self::new("dynoxide", Engine::memory)
    }

    fn new(name: &'static str, start: fn(Arc<dyn Clock>) -> Result<Engine, EngineError>) -> Self {
        let clock = Arc::new(VirtualClock::new(Instant::from_millis(START)));
        Self { name, start, engine: None, clock }
    }

    fn engine(&self) -> Result<&Engine, EngineError> {
        self.engine.as_ref().ok_or_else(|| EngineError::internal("reset it first"))
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
        let names = Names { prefix: "check-".into() };
        let (mut records, mut position) = (Vec::new(), 0);
        loop {
            let page = self.engine()?.records_after(&names, Table::Auction, position, 1_000)?;
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
