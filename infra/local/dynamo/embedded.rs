//! The engine crate behind one lock: one storage, one dispatch.
//!
//! Its storage is used directly, one step below its `Database`: that gives file databases our
//! clock too, lets processed stream records be dropped, and lets an index make stream writes
//! cheap. The engine never suspends, so a call holds the lock and returns.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use dynoxide::{
    DynoxideError,
    actions::{
        batch_get_item, batch_write_item, create_table, delete_item, describe_table, get_item,
        put_item, query, scan, transact_get_items, transact_write_items, update_item, update_table,
        update_time_to_live, vector_lifecycle::VectorIndexLifecycle,
    },
    storage::Storage,
    storage_backend,
};
use futures::FutureExt;
use kernel::Clock;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    error::EngineError,
    tokens::{Replay, Tokens},
};

type Result<T> = std::result::Result<T, EngineError>;

/// The engine crate, of one cloud.
pub(crate) struct Embedded {
    storage: Mutex<Storage>,
    tokens: Mutex<Tokens>,
    clock: Arc<dyn Clock>,
    lifecycle: VectorIndexLifecycle,
}

/// Ours, seen by the engine.
struct EngineClock(Arc<dyn Clock>);

impl storage_backend::Clock for EngineClock {
    fn now_unix_secs(&self) -> u64 {
        self.0.now().seconds().unsigned_abs()
    }
    fn now_unix_secs_f64(&self) -> f64 {
        std::time::Duration::from_millis(self.0.now().millis().unsigned_abs()).as_secs_f64()
    }
}

impl Embedded {
    /// In memory, gone with the engine.
    pub fn memory(clock: Arc<dyn Clock>) -> Result<Self> {
        Self::prepare(Storage::memory()?, clock)
    }

    /// In `file`, created when missing.
    pub fn file(file: &Path, clock: Arc<dyn Clock>) -> Result<Self> {
        let storage = Storage::new(&file.to_string_lossy())?;
        // A power cut may lose the last writes of a developer's machine, never corrupt the file.
        let pragma = storage.conn().execute_batch("PRAGMA synchronous = NORMAL");
        pragma.map_err(DynoxideError::from)?;
        Self::prepare(storage, clock)
    }

    fn prepare(storage: Storage, clock: Arc<dyn Clock>) -> Result<Self> {
        // The engine looks for a table's last record at every streamed write, and without an
        // index it reads them all.
        let index = storage.conn().execute_batch(
            "CREATE INDEX IF NOT EXISTS embedded_stream_order
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
        );
        index.map_err(DynoxideError::from)?;
        let storage = storage.with_clock(Arc::new(EngineClock(Arc::clone(&clock))));
        Ok(Self {
            storage: Mutex::new(storage),
            tokens: Mutex::default(),
            clock,
            lifecycle: VectorIndexLifecycle::new(),
        })
    }

    pub(super) fn storage(&self) -> MutexGuard<'_, Storage> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one operation of the DynamoDB API, body in and body out in the wire's shape.
    pub fn call(&self, operation: &str, body: Value) -> Result<Value> {
        let lifecycle = &self.lifecycle;
        match operation {
            "GetItem" => self.run(body, get_item::execute),
            "BatchGetItem" => self.run(body, batch_get_item::execute),
            "Query" => self.run(body, query::execute),
            "Scan" => self.run(body, scan::execute),
            "TransactGetItems" => self.run(body, transact_get_items::execute),
            "PutItem" => self.run(body, put_item::execute),
            "UpdateItem" => self.run(body, update_item::execute),
            "DeleteItem" => self.run(body, delete_item::execute),
            "BatchWriteItem" => self.run(body, batch_write_item::execute),
            "TransactWriteItems" => self.transact(body),
            "CreateTable" => self.run(body, create_table::execute),
            "UpdateTimeToLive" => self.run(body, update_time_to_live::execute),
            "DescribeTable" => {
                self.run(body, async |s: &_, q| describe_table::execute(s, q, lifecycle).await)
            }
            "UpdateTable" => {
                self.run(body, async |s: &_, q| update_table::execute(s, q, lifecycle).await)
            }
            other => Err(EngineError::invalid(format!(
                "the embedded cloud does not know DynamoDB's {other}"
            ))),
        }
    }

    fn run<Q: DeserializeOwned, R: Serialize>(
        &self,
        body: Value,
        act: impl AsyncFnOnce(&Storage, Q) -> dynoxide::Result<R>,
    ) -> Result<Value> {
        let request = Q::deserialize(body).map_err(|error| unreadable(&error))?;
        let storage = self.storage();
        let answer = act(&storage, request).now_or_never();
        let answer = answer.ok_or_else(|| EngineError::internal("the engine suspended"))??;
        serde_json::to_value(answer).map_err(|error| EngineError::internal(error.to_string()))
    }

    /// `TransactWriteItems` runs once per `ClientRequestToken` within ten minutes.
    fn transact(&self, mut body: Value) -> Result<Value> {
        let Some(token) = body.get("ClientRequestToken").and_then(Value::as_str) else {
            return self.run(body, transact_write_items::execute);
        };
        let token = token.to_owned();
        let items = body.get_mut("TransactItems").map(Value::take).unwrap_or_default();
        let now = self.clock.now();
        // Held to the end: a second call with the token waits for the first one's outcome.
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        match tokens.look(&token, &items, now) {
            Replay::Same(answer) => return Ok(answer),
            Replay::Different => {
                let message = "Request body does not match the original request body";
                return Err(EngineError::new("IdempotentParameterMismatchException", message));
            }
            Replay::New => {}
        }
        if let Some(map) = body.as_object_mut() {
            map.insert("TransactItems".into(), items.clone());
        }
        let answer = self.run(body, transact_write_items::execute)?;
        tokens.keep(token, items, answer.clone(), now);
        Ok(answer)
    }

    /// Deletes what has expired, as the service does within days; tells how many items went.
    pub fn sweep_expired(&self) -> Result<usize> {
        let storage = self.storage();
        let swept = dynoxide::ttl::sweep_expired_items(&*storage).now_or_never();
        Ok(swept.ok_or_else(|| EngineError::internal("the engine suspended"))??)
    }

    /// Runs `act` in one transaction of the storage.
    pub fn atomically(&self, act: impl FnOnce() -> Result<()>) -> Result<()> {
        self.storage().begin_transaction()?;
        match act() {
            Ok(()) => Ok(self.storage().commit()?),
            Err(error) => {
                self.storage().rollback()?;
                Err(error)
            }
        }
    }
}

/// The engine's request types mark which refusal a malformed body deserves.
fn unreadable(error: &serde_json::Error) -> EngineError {
    let text = error.to_string();
    let marks = ["VALIDATION_REQUEST:", "VALIDATION_AS_READ:", "VALIDATION:"];
    let marked = marks.iter().find_map(|mark| text.strip_prefix(mark));
    match marked.or_else(|| text.contains("AttributeValue").then_some(&*text)) {
        Some(message) => EngineError::invalid(message),
        None => EngineError::new("SerializationException", text),
    }
}
