//! Real SDK clients against the cloud; a scripted invoker in place of the product.
#![expect(clippy::disallowed_methods, reason = "the engine is tested, not a table of the product")]

mod by_hand;
mod capacity;
mod deadlines;
mod dynamo;
mod engines;
mod environments;
mod faults;
mod folder;
mod hooks;
mod hosting;
mod killed;
mod lapses;
mod messages;
mod objects;
mod queues;
mod schedules;
mod secrets;
mod shards;
mod streams;
mod visibility;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{Instant, Span};
use platform::{Function, Queue, Schedule, Stream};
use serde_json::{Value, json};
use store::Table;

use crate::{Cloud, CloudOptions, DataPlace, Invoked, Invoker, VirtualClock};

const SUMMARY: &str = "For tests";
const START: i64 = 1_795_251_600_000; // 2026-11-21T09:00:00Z

static ON_CLOSED: Function = Function::queue(
    "test",
    "on_closed",
    SUMMARY,
    Queue::new(|_, _| Box::pin(async { Ok(()) }))
        .events(&["AuctionClosed", "AuctionCancelled"])
        .batch_size(5)
        .max_receive_count(3),
)
.timeout_s(5);
static RECORD_BIDS: Function = Function::stream(
    "test",
    "record_bids",
    SUMMARY,
    Stream::new(Table::Auction, |_, _| Box::pin(async { Ok(()) }))
        .pk_prefix("AUCTION#")
        .batch_size(3),
)
.timeout_s(5);
static CLOSE: Function =
    Function::schedule("test", "close", SUMMARY, Schedule::once(|_, _| Box::pin(async { Ok(()) })))
        .timeout_s(5);
static SWEEP: Function = Function::schedule(
    "test",
    "sweep",
    SUMMARY,
    Schedule::every(Span::minutes(1), |_, _| Box::pin(async { Ok(()) })),
)
.timeout_s(5);
static FUNCTIONS: &[&Function] = &[&ON_CLOSED, &RECORD_BIDS, &CLOSE, &SWEEP];

/// Notes every invocation and answers from a script, then with success.
#[derive(Default)]
struct Script {
    calls: Mutex<Vec<(String, Value)>>,
    answers: Mutex<BTreeMap<String, VecDeque<Result<Value, String>>>>,
}

impl Script {
    fn answer(&self, function: &str, answer: Result<Value, String>) {
        self.answers.lock().unwrap().entry(function.to_owned()).or_default().push_back(answer);
    }

    fn calls(&self, function: &str) -> Vec<Value> {
        let calls = self.calls.lock().unwrap();
        calls.iter().filter(|(id, _)| id == function).map(|(_, payload)| payload.clone()).collect()
    }
}

impl Invoker for Script {
    fn invoke(&self, function: &'static Function, payload: Value) -> Invoked {
        let id = function.id();
        self.calls.lock().unwrap().push((id.clone(), payload));
        let mut answers = self.answers.lock().unwrap();
        let answer = answers.get_mut(&id).and_then(VecDeque::pop_front).unwrap_or(Ok(Value::Null));
        Box::pin(async move { answer })
    }
}

/// A cloud in memory with a virtual clock and a scripted invoker.
struct Bench {
    cloud: Cloud,
    clock: Arc<VirtualClock>,
    script: Arc<Script>,
}

impl Bench {
    fn new() -> Self {
        Self::with(DataPlace::Memory)
    }

    fn without_rates() -> Self {
        let bench = Self::new();
        bench.cloud.adjust(|knobs| knobs.rates = false);
        bench
    }

    fn with(data: DataPlace) -> Self {
        let clock = Arc::new(VirtualClock::new(Instant::from_millis(START)));
        let script = Arc::new(Script::default());
        let cloud = Cloud::start(CloudOptions {
            functions: FUNCTIONS.to_vec(),
            clock: clock.clone(),
            data,
            prefix: "jangteo-".into(),
        });
        let cloud = cloud.unwrap();
        cloud.attach_invoker(script.clone());
        Self { cloud, clock, script }
    }

    fn dynamo(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.cloud.sdk_config())
    }
    fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.cloud.sdk_config())
    }

    fn advance(&self, span: Span) {
        self.clock.advance(span);
    }

    /// Puts an item with these keys and a `value`.
    async fn put(&self, table: &str, pk: &str, sk: &str, value: i64) {
        let put = self.dynamo().put_item().table_name(format!("jangteo-{table}"));
        let put = put.item("pk", text(pk)).item("sk", text(sk)).item("value", number(value));
        put.send().await.unwrap();
    }
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: i64) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

fn failures(ids: &[&str]) -> Result<Value, String> {
    let ids: Vec<_> = ids.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    Ok(json!({ "batchItemFailures": ids }))
}
