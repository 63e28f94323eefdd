//! Which calls find room in the partitions they need, and what they pay there.
//!
//! Stands in front of whichever engine answers, and only while the knob is turned. A call is
//! admitted while each bucket it needs holds anything, and pays afterwards: what it consumed of a
//! table is shared evenly by the partitions it touched there, a failed condition included. One that
//! finds a bucket empty is refused as DynamoDB refuses it; of a batch read only the keys of empty
//! partitions come back unprocessed.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::{
    account::Account,
    capacity::Capacity,
    dynamo::{EngineError, faulty},
    fault::FaultKind,
    touched::{self, Partition},
    usage::{Consumed, Units},
    wire,
};

/// A call that may go on, and what it will have to pay for.
pub(crate) struct Admitted {
    capacity: Option<Capacity>,
    touched: Vec<Partition>,
    reads: bool,
    /// The keys of a batch read whose partitions are exhausted, as `UnprocessedKeys`.
    unprocessed: Value,
}

impl Account {
    /// Lets the call go on, or words its refusal. Takes the keys of exhausted partitions out of a
    /// batch read.
    pub(crate) fn admit(
        &self,
        operation: &str,
        body: &mut Value,
    ) -> Result<Admitted, Response<Bytes>> {
        let capacity = self.knobs(|knobs| knobs.capacity);
        let reads = is_read(operation);
        let Some(limit) = capacity else {
            return Ok(Admitted { capacity, touched: Vec::new(), reads, unprocessed: Value::Null });
        };
        let mut touched = touched::partitions(&self.names, operation, body);
        if !reads {
            touched.extend(self.old_index_partitions(operation, body));
            touched = touched.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        }
        let now = self.clock.now();
        let exhausted: BTreeSet<Partition> = self.buckets(|buckets| {
            let empty = |of: &&Partition| !buckets.has_room(limit, reads, of, now);
            touched.iter().filter(empty).cloned().collect()
        });
        let mut unprocessed = Value::Null;
        if !exhausted.is_empty() {
            let refused = if operation == "BatchGetItem" {
                unprocessed = touched::split(&self.names, body, &exhausted);
                touched.retain(|of| !exhausted.contains(of));
                touched.is_empty()
            } else {
                true
            };
            self.buckets(|buckets| buckets.throttled.note(reads));
            if refused {
                return Err(refusal(operation, body));
            }
        }
        Ok(Admitted { capacity, touched, reads, unprocessed })
    }

    /// Takes what the call consumed out of the buckets, and completes a batch's answer.
    pub(crate) fn pay(
        &self,
        admitted: Admitted,
        consumed: &[Consumed],
        answer: &mut Result<Value, EngineError>,
    ) {
        let Admitted { capacity, touched, reads, unprocessed } = admitted;
        let Some(capacity) = capacity else { return };
        if let (Ok(Value::Object(map)), false) = (&mut *answer, unprocessed.is_null()) {
            map.insert("UnprocessedKeys".to_owned(), unprocessed);
        }
        let failed = answer.is_err();
        let now = self.clock.now();
        for part in consumed {
            // A refused write touches no index, and a cancelled transaction is told as one sum.
            let pays = |of: &&Partition| match failed {
                true => of.index == 0,
                false => of.table == part.table,
            };
            let paying: Vec<&Partition> = touched.iter().filter(pays).collect();
            let units = if reads { part.reads } else { part.writes };
            let share = share(units, paying.len());
            self.buckets(|buckets| {
                for of in paying {
                    buckets.charge(capacity, reads, of, share, now);
                }
            });
        }
    }

    /// Where the items that a write changes stand in indexes now.
    fn old_index_partitions(&self, operation: &str, body: &Value) -> Vec<Partition> {
        let mut partitions = Vec::new();
        for (table, name, key) in touched::written_keys(&self.names, operation, body) {
            if table.indexes() == 0 {
                continue;
            }
            let look = json!({ "TableName": name, "Key": key, "ConsistentRead": true });
            // What the engine cannot read it will refuse to write, in its own words.
            let Ok(found) = self.engine.call("GetItem", look) else { continue };
            if let Some(item) = found.get("Item") {
                partitions.extend(touched::index_partitions(table, item));
            }
        }
        partitions
    }
}

fn is_read(operation: &str) -> bool {
    matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan" | "TransactGetItems")
}

/// Thousandths of a unit for each of so many.
fn share(units: Units, among: usize) -> i64 {
    let milli = units.in_tenths().saturating_mul(100);
    let each = milli.checked_div(u64::try_from(among).unwrap_or(1)).unwrap_or(0);
    i64::try_from(each).unwrap_or(i64::MAX)
}

/// As DynamoDB words it. Of a transaction, the first item is named as the cause.
fn refusal(operation: &str, body: &Value) -> Response<Bytes> {
    let plain = faulty(FaultKind::Throttle, operation, body);
    if !operation.starts_with("Transact") {
        return plain.unwrap_or_default();
    }
    let count = body.get("TransactItems").and_then(Value::as_array).map_or(1, Vec::len);
    let cause = json!({
        "Code": "ProvisionedThroughputExceeded",
        "Message": "The level of configured provisioned throughput for the table was exceeded.",
    });
    let rest = std::iter::repeat_n(json!({ "Code": "None" }), count.saturating_sub(1));
    let reasons: Vec<Value> = std::iter::once(cause).chain(rest).collect();
    let message = "Transaction cancelled, please refer cancellation reasons for specific reasons \
                   [ProvisionedThroughputExceeded]";
    let answer = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": message, "message": message, "CancellationReasons": reasons,
    });
    wire::json_response(StatusCode::BAD_REQUEST, &answer)
}
