//! The engine crate behind one lock: one storage, one dispatch.
//!
//! Its storage is used directly, one step below its `Database`: that lets processed stream records
//! be dropped, and lets an index make stream writes cheap. The engine never suspends, so a call
//! holds the lock and returns.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use dynoxide::{
    DynoxideError,
    actions::{
        batch_get_item, batch_write_item, create_table, delete_item, describe_table, get_item,
        get_records::{self, GetRecordsRequest, Record},
        get_shard_iterator::encode_shard_iterator,
        put_item, query, scan, transact_get_items, transact_write_items, update_item, update_table,
        update_time_to_live,
        vector_lifecycle::VectorIndexLifecycle,
    },
    storage::Storage,
    storage_backend,
};
use futures::FutureExt;
use kernel::{Clock, Instant, Span};
use local::{Engine, EngineError, REGION, Reason, SEQUENCE_OFFSET, StreamItem};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, EngineError>;

/// The engine crate, of one cloud.
pub struct Dynoxide {
    storage: Mutex<Storage>,
    tokens: Mutex<BTreeMap<String, Done>>,
    clock: Arc<dyn Clock>,
    lifecycle: VectorIndexLifecycle,
}

/// How long a `ClientRequestToken` is remembered.
const TOKEN_LIFE: Span = Span::minutes(10);

/// A transaction that was made under a token.
struct Done {
    at: Instant,
    items: Value,
    answer: Value,
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

impl Dynoxide {
    /// In memory, gone with the engine.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self> {
        let storage = Storage::memory().map_err(refusal)?;
        // The engine looks for a table's last record at every streamed write, and without an
        // index it reads them all.
        let index = storage.conn().execute_batch(
            "CREATE INDEX IF NOT EXISTS embedded_stream_order
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
        );
        index.map_err(|error| refusal(error.into()))?;
        let storage = storage.with_clock(Arc::new(EngineClock(Arc::clone(&clock))));
        Ok(Self {
            storage: Mutex::new(storage),
            tokens: Mutex::default(),
            clock,
            lifecycle: VectorIndexLifecycle::new(),
        })
    }

    fn storage(&self) -> MutexGuard<'_, Storage> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<Q: DeserializeOwned, R: Serialize>(
        &self,
        body: Value,
        act: impl AsyncFnOnce(&Storage, Q) -> dynoxide::Result<R>,
    ) -> Result<Value> {
        let request = Q::deserialize(body).map_err(|error| unreadable(&error))?;
        let storage = self.storage();
        let answer = act(&storage, request).now_or_never();
        let answer = answer.ok_or_else(|| EngineError::internal("the engine suspended"))?;
        let answer = answer.map_err(refusal)?;
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
        match tokens.get(&token).filter(|done| done.at + TOKEN_LIFE > now) {
            Some(done) if done.items == items => return Ok(done.answer.clone()),
            Some(_) => {
                let message = "Request body does not match the original request body";
                return Err(EngineError::new("IdempotentParameterMismatchException", message));
            }
            None => {}
        }
        if let Some(map) = body.as_object_mut() {
            map.insert("TransactItems".into(), items.clone());
        }
        let answer = self.run(body, transact_write_items::execute)?;
        tokens.insert(token, Done { at: now, items, answer: answer.clone() });
        Ok(answer)
    }
}

impl Engine for Dynoxide {
    fn call(&self, operation: &str, body: Value) -> Result<Value> {
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

    fn sweep_expired(&self) -> Result<usize> {
        let storage = self.storage();
        let swept = dynoxide::ttl::sweep_expired_items(&*storage).now_or_never();
        let swept = swept.ok_or_else(|| EngineError::internal("the engine suspended"))?;
        swept.map_err(refusal)
    }

    fn records_after(
        &self,
        table: &str,
        arn: &str,
        position: i64,
        limit: usize,
    ) -> Result<Vec<StreamItem>> {
        let shard = dynoxide::streams::shard_id(table);
        let shard_iterator = encode_shard_iterator(table, &shard, position);
        let request = GetRecordsRequest { shard_iterator, limit: Some(limit) };
        let answer = get_records::execute(&*self.storage(), request).now_or_never();
        let records = answer.map_or_else(|| Ok(Vec::new()), |answer| answer.map(|a| a.records));
        let records = records.map_err(refusal)?;
        Ok(records.into_iter().filter_map(|record| stream_item(record, arn)).collect())
    }

    fn last_position(&self, table: &str) -> Result<i64> {
        let shard = dynoxide::streams::shard_id(table);
        let range = self.storage().get_shard_sequence_range(table, &shard).map_err(refusal)?;
        let (_, last) = range;
        Ok(last.and_then(|last| last.parse().ok()).unwrap_or(0))
    }

    /// The record at `position` stays, so that the engine goes on counting from it and never hands
    /// out a number twice.
    fn trim_before(&self, table: &str, position: i64) -> Result<()> {
        let storage = self.storage();
        let statement = storage.conn().prepare_cached(
            "DELETE FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
        );
        let mut statement = statement.map_err(|error| refusal(error.into()))?;
        let dropped = statement.execute((table, position));
        dropped.map(|_| ()).map_err(|error| refusal(error.into()))
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

/// The engine's refusal as ours.
fn refusal(error: DynoxideError) -> EngineError {
    let kind = error.error_type();
    let code = kind.rsplit_once('#').map_or(kind, |(_, code)| code);
    let plain = EngineError::new(code, error.to_string());
    match error {
        DynoxideError::ConditionalCheckFailedException(_, item) => {
            EngineError { item: item.and_then(|item| serde_json::to_value(item).ok()), ..plain }
        }
        DynoxideError::TransactionCanceledException(_, reasons) => {
            let reasons = reasons.into_iter().map(|reason| Reason {
                code: reason.code,
                message: reason.message,
                item: reason.item.and_then(|item| serde_json::to_value(item).ok()),
            });
            EngineError { reasons: reasons.collect(), ..plain }
        }
        _ => plain,
    }
}

fn stream_item(record: Record, arn: &str) -> Option<StreamItem> {
    let public: i128 = record.dynamodb.sequence_number.parse().ok()?;
    let position = i64::try_from(public - SEQUENCE_OFFSET).ok()?;
    let change = serde_json::to_value(&record.dynamodb).ok()?;
    let pk = change.pointer("/Keys/pk/S").and_then(Value::as_str)?.to_owned();
    let image = |name| change.get(name);
    let changes_nothing = image("OldImage").is_some() && image("OldImage") == image("NewImage");
    let mut event = json!({
        // Derived, so that a run repeats exactly and a redelivered record keeps its id.
        "eventID": format!("{position:032x}"),
        "eventName": record.event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": change,
        "eventSourceARN": arn,
    });
    if let (Some(identity), Some(event)) = (record.user_identity, event.as_object_mut()) {
        let identity =
            json!({ "type": identity.identity_type, "principalId": identity.principal_id });
        event.insert("userIdentity".into(), identity);
    }
    Some(StreamItem { position, pk, changes_nothing, event })
}
