//! What one partition can take: the limit that makes an item hot.
//!
//! Stands in front of whichever engine answers, and only while the knob is turned. Every partition
//! (of a table, or of an index, by itself) has a bucket that fills with time on the cloud's clock.
//! A call is admitted while each bucket it needs holds anything, and pays afterwards: what it
//! consumed of a table is shared evenly by the partitions it touched there, a failed condition
//! included. One that finds a bucket empty is refused as DynamoDB refuses it; of a batch read only
//! the keys of empty partitions come back unprocessed.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use http::{Response, StatusCode};
use kernel::{Instant, Span};
use serde_json::{Value, json};

use crate::{
    account::Account,
    dynamo::{Consumed, EngineError, faulty},
    fault::FaultKind,
    touched::{self, Partition},
    usage::Units,
    wire,
};

/// Request units that each partition may consume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Write units in a second.
    pub writes: u32,
    /// Read units in a second.
    pub reads: u32,
    /// How long unused capacity is kept.
    pub burst: Span,
}

impl Capacity {
    /// DynamoDB's own numbers. Without the burst that it gives when it can: only a tenth of a
    /// second's capacity is kept, so that calls need not come evenly to the millisecond.
    pub const PARTITION: Self = Self { writes: 1_000, reads: 3_000, burst: Span::millis(100) };
}

/// How many calls (or keys of a batch) were refused for want of capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttled {
    pub reads: u64,
    pub writes: u64,
}

/// The buckets of one cloud, in thousandths of a unit.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    reads: HashMap<Partition, Bucket>,
    writes: HashMap<Partition, Bucket>,
    pub throttled: Throttled,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Below zero after a call that cost more than was there.
    left: i64,
    at: Instant,
}

impl Bucket {
    /// Filled up to `now` at `rate` units a second.
    fn filled(self, rate: i64, depth: i64, now: Instant) -> Self {
        // A thousandth of a unit in a millisecond is a unit in a second.
        let added = rate.saturating_mul(now.since(self.at).as_millis());
        Self { left: self.left.saturating_add(added).min(depth), at: now }
    }
}

/// Past this many, buckets that are full are forgotten: they are what a new one would be.
const BUCKETS_MAX: usize = 65_536;

impl Buckets {
    fn has_room(&mut self, capacity: Capacity, reads: bool, of: &Partition, now: Instant) -> bool {
        let (rate, depth) = capacity.rate(reads);
        let buckets = if reads { &self.reads } else { &self.writes };
        buckets.get(of).is_none_or(|bucket| bucket.filled(rate, depth, now).left > 0)
    }

    fn charge(
        &mut self,
        capacity: Capacity,
        reads: bool,
        (of, milli): (&Partition, i64),
        now: Instant,
    ) {
        let (rate, depth) = capacity.rate(reads);
        let buckets = if reads { &mut self.reads } else { &mut self.writes };
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, bucket| bucket.filled(rate, depth, now).left < depth);
        }
        let bucket = buckets.entry(of.clone()).or_insert(Bucket { left: depth, at: now });
        *bucket = bucket.filled(rate, depth, now);
        bucket.left = bucket.left.saturating_sub(milli);
    }
}

impl Capacity {
    /// Thousandths of a unit in a millisecond, and how many are kept.
    fn rate(self, reads: bool) -> (i64, i64) {
        let rate = i64::from(if reads { self.reads } else { self.writes });
        (rate, rate.saturating_mul(self.burst.as_millis()).max(1_000))
    }
}

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
                    buckets.charge(capacity, reads, (of, share), now);
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

impl Throttled {
    const fn note(&mut self, reads: bool) {
        if reads {
            self.reads += 1;
        } else {
            self.writes += 1;
        }
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
