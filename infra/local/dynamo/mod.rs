//! DynamoDB: an engine behind the wire, its tables, its streams and what they cost.
//!
//! `engine` is the boundary; behind it stands `memory`, ours.

mod conflicts;
mod engine;
mod error;
mod memory;
mod meter;
mod record;
mod replica;
mod tables;
mod tokens;

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use kernel::Clock;
use serde_json::{Value, json};

pub(crate) use conflicts::{Held, InFlight, Item, item_of};
pub use engine::Engine;
pub(crate) use engine::items;
pub use error::{EngineError, Reason};
pub(crate) use memory::Memory;
pub use memory::Number;
pub(crate) use meter::Meter;
pub use record::{SEQUENCE_OFFSET, StreamItem};
pub(crate) use replica::Replica;
pub use replica::is_eventual as is_eventual_read;
pub(crate) use tables::create_tables;
pub use tables::creation;

use crate::{fault::FaultKind, names::Names, wire};

/// Our engine, without tables: for comparisons with another.
#[must_use]
pub fn memory_engine(clock: Arc<dyn Clock>) -> Box<dyn Engine> {
    Box::new(Memory::new(clock))
}

/// The full names of the tables that a request touches, each once, in their order.
pub(crate) fn tables_of(names: &Names, operation: &str, body: &Value) -> Vec<store::Table> {
    let mut tables = Vec::new();
    let mut add = |name: &str| match names.read_table(name) {
        Some(table) if !tables.contains(&table) => tables.push(table),
        _ => {}
    };
    match operation {
        "BatchGetItem" | "BatchWriteItem" => {
            let items = body.get("RequestItems").and_then(Value::as_object);
            items.into_iter().flat_map(|items| items.keys()).for_each(|name| add(name));
        }
        "TransactWriteItems" | "TransactGetItems" => {
            let items = body.get("TransactItems").and_then(Value::as_array);
            let acts = items.into_iter().flatten().filter_map(Value::as_object);
            for act in acts.flat_map(|item| item.values()) {
                act.get("TableName").and_then(Value::as_str).into_iter().for_each(&mut add);
            }
        }
        _ => body.get("TableName").and_then(Value::as_str).into_iter().for_each(add),
    }
    tables
}

/// The engine's answer as HTTP.
pub(crate) fn response(answer: Result<Value, EngineError>) -> Response<Bytes> {
    match answer {
        Ok(body) => wire::json_response(StatusCode::OK, &body),
        Err(error) => {
            let status = StatusCode::from_u16(error.status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            wire::json_response(status, &error.body())
        }
    }
}

/// What DynamoDB answers under `fault`; `None` when the fault is no answer but a lost one.
pub(crate) fn faulty(fault: FaultKind, operation: &str, body: &Value) -> Option<Response<Bytes>> {
    let refuse = |status: StatusCode, code: &str, message: &str, more: Value| {
        let mut body = json!({
            "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"),
            "message": message,
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        Some(wire::json_response(status, &body))
    };
    let bad = StatusCode::BAD_REQUEST;
    match fault {
        FaultKind::Throttle => refuse(
            bad,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded.",
            json!({}),
        ),
        FaultKind::Conflict if operation.starts_with("Transact") => {
            let count = body.get("TransactItems").and_then(Value::as_array).map_or(1, Vec::len);
            let conflict = json!({ "Code": "TransactionConflict",
                "Message": "Transaction is ongoing for the item" });
            let rest = std::iter::repeat_n(json!({ "Code": "None" }), count.saturating_sub(1));
            let reasons: Vec<_> = std::iter::once(conflict).chain(rest).collect();
            let message = "Transaction cancelled, please refer cancellation reasons for \
                           specific reasons [TransactionConflict]";
            let more = json!({ "Message": message, "CancellationReasons": reasons });
            refuse(bad, "TransactionCanceledException", message, more)
        }
        FaultKind::Conflict => refuse(
            bad,
            "TransactionConflictException",
            "Transaction is ongoing for the item",
            json!({}),
        ),
        FaultKind::Status500 => refuse(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServerError",
            "Internal server error",
            json!({}),
        ),
        FaultKind::Unprocessed => unprocessed(operation, body),
        FaultKind::TimeoutBefore
        | FaultKind::TimeoutAfter
        | FaultKind::StaleIndex
        | FaultKind::StaleRead
        | FaultKind::PartlyTaken => None,
    }
}

/// A batch of which nothing was processed; other operations have no such answer.
fn unprocessed(operation: &str, body: &Value) -> Option<Response<Bytes>> {
    let items = body.get("RequestItems").cloned().unwrap_or_default();
    let answer = match operation {
        "BatchGetItem" => json!({ "Responses": {}, "UnprocessedKeys": items }),
        "BatchWriteItem" => json!({ "UnprocessedItems": items }),
        _ => return None,
    };
    Some(wire::json_response(StatusCode::OK, &answer))
}
