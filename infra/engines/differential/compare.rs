//! When two answers are alike.
//!
//! Sets have no order, nor has what a batch reads. The words of a validation refusal are not
//! compared: nobody reads them but a developer. Everything else is: answers, codes, reasons, the
//! items that they carry, units, rows, streams.

use serde_json::{Value, json};

use super::{
    report::Report,
    steps::{Step, short},
    target::{Answer, TABLES, Target},
};
use local::{EngineError, Number, Reason};

/// What is compared of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facet {
    /// Answer or refusal.
    Answer,
    Units,
}

/// A difference that is known, and why it may be.
pub struct Known {
    pub name: &'static str,
    /// The other engine.
    pub against: &'static str,
    pub facet: Facet,
    pub reason: &'static str,
    /// Whether this is it: of a step, our side and theirs.
    meets: fn(&Step, &Value, &Value) -> bool,
}

/// Every difference that is known. A record for an update that changes nothing, which the engine
/// crate writes, is left out before the streams are compared, and counted as `record-of-nothing`.
pub const KNOWN: &[Known] = &[
    Known {
        name: "one-name-for-the-units",
        against: LOCAL,
        facet: Facet::Units,
        reason: "DynamoDB tells a transaction's units under a second name too",
        meets: |_, ours, theirs| one_name(ours) == *theirs,
    },
    Known {
        name: "numbers-as-they-came",
        against: LOCAL,
        facet: Facet::Answer,
        reason: "inside lists and maps it keeps a number's spelling; DynamoDB writes them plainly",
        meets: |_, ours, theirs| plain_numbers(ours) == plain_numbers(theirs),
    },
    Known {
        name: "full-page-at-the-low-end",
        against: LOCAL,
        facet: Facet::Answer,
        reason: "DynamoDB names the last key of every full page, also where nothing follows",
        meets: |step, ours, theirs| {
            let mut ours = ours.clone();
            let last = ours.as_object_mut().and_then(|map| map.remove("LastEvaluatedKey"));
            step.operation() == "Query" && last.is_some() && ours == *theirs
        },
    },
    Known {
        name: "nothing-read-is-free",
        against: LOCAL,
        facet: Facet::Units,
        reason: "DynamoDB bills the smallest read for what is not there",
        meets: |step, ours, theirs| match step.operation() {
            "Query" => total(theirs) == 0.0 && total(ours) <= 1.0,
            "BatchGetItem" => total(theirs) < total(ours),
            _ => false,
        },
    },
    Known {
        name: "index-image-that-stays",
        against: LOCAL,
        facet: Facet::Units,
        reason: "DynamoDB does not write an index whose image stays as it is",
        meets: |step, ours, theirs| {
            ["PutItem", "UpdateItem"].contains(&step.operation()) && total(theirs) > total(ours)
        },
    },
    Known {
        name: "units-of-many-writes",
        against: LOCAL,
        facet: Facet::Units,
        reason: "its sums over several writes follow no rule that is written down",
        meets: |step, _, _| ["TransactWriteItems", "BatchWriteItem"].contains(&step.operation()),
    },
    Known {
        name: "same-item-twice-and-a-failed-condition",
        against: LOCAL,
        facet: Facet::Answer,
        reason: "DynamoDB refuses such a transaction before it looks at any item",
        meets: |step, ours, theirs| {
            step.operation() == "TransactWriteItems"
                && refused_as(ours, "ValidationException")
                && refused_as(theirs, "TransactionCanceledException")
        },
    },
    Known {
        name: "part-without-its-key",
        against: LOCAL,
        facet: Facet::Answer,
        reason: "DynamoDB cancels the transaction and names the part",
        meets: |step, ours, theirs| {
            step.operation() == "TransactWriteItems"
                && refused_as(ours, "TransactionCanceledException")
                && refused_as(theirs, "ValidationException")
                && ours.to_string().contains("ValidationError")
        },
    },
    Known {
        name: "old-image-of-nothing",
        against: "dynoxide",
        facet: Facet::Answer,
        reason: "it answers the key as the old image of an item that was not there",
        meets: |step, ours, theirs| {
            let attributes = theirs.get("Attributes").and_then(Value::as_object);
            step.operation() == "UpdateItem"
                && ours.get("Attributes").is_none()
                && attributes.is_some_and(|it| it.keys().eq(["pk", "sk"]))
        },
    },
];

fn refused_as(answer: &Value, code: &str) -> bool {
    answer.get("refused").and_then(Value::as_str) == Some(code)
}

/// The units over all tables.
fn total(units: &Value) -> f64 {
    let one = |figure: &Value| figure.get("CapacityUnits").and_then(Value::as_f64).unwrap_or(0.0);
    match units {
        Value::Array(list) => list.iter().map(one).sum(),
        figure => one(figure),
    }
}

/// The value with every number written plainly.
fn plain_numbers(value: &Value) -> Value {
    let number = |value: &Value| match value.as_str().map(Number::parse) {
        Some(Ok(number)) => number.to_string().into(),
        _ => value.clone(),
    };
    match value {
        Value::Object(map) => {
            let members = map.iter().map(|(name, value)| match (&**name, value) {
                ("N", text) => (name.clone(), number(text)),
                ("NS", Value::Array(set)) => (name.clone(), set.iter().map(number).collect()),
                (_, value) => (name.clone(), plain_numbers(value)),
            });
            Value::Object(members.collect())
        }
        Value::Array(list) => list.iter().map(plain_numbers).collect(),
        other => other.clone(),
    }
}

/// The figures without the name that says whether they are of reads or of writes.
fn one_name(units: &Value) -> Value {
    match units {
        Value::Object(map) => {
            let kept = map.iter().filter(|(name, _)| {
                !["ReadCapacityUnits", "WriteCapacityUnits"].contains(&name.as_str())
            });
            Value::Object(kept.map(|(name, value)| (name.clone(), one_name(value))).collect())
        }
        Value::Array(list) => list.iter().map(one_name).collect(),
        other => other.clone(),
    }
}

const LOCAL: &str = "DynamoDB Local";

/// The name under which records of nothing are counted.
const RECORD_OF_NOTHING: &str = "record-of-nothing";

pub(super) enum Verdict {
    Same,
    Known(Vec<&'static str>),
    Different(String),
}

/// Compares what both answered to a step.
pub(super) fn answers(step: &Step, ours: Answer, theirs: Answer, against: &str) -> Verdict {
    let (our_units, their_units) = (units(&ours), units(&theirs));
    let (ours, theirs) = (plain(ours), plain(theirs));
    let mut known = Vec::new();
    let facets = [(Facet::Answer, ours, theirs), (Facet::Units, our_units, their_units)];
    for (facet, ours, theirs) in facets {
        if ours == theirs {
            continue;
        }
        let meets = |known: &&Known| {
            known.against == against && known.facet == facet && (known.meets)(step, &ours, &theirs)
        };
        match KNOWN.iter().find(meets) {
            Some(found) => known.push(found.name),
            None => {
                let (ours, theirs) = (short(&ours), short(&theirs));
                return Verdict::Different(format!(
                    "{facet:?} of {step}\n  memory: {ours}\n  {against}: {theirs}"
                ));
            }
        }
    }
    if known.is_empty() { Verdict::Same } else { Verdict::Known(known) }
}

/// An answer without its units, or a refusal, in one normal form.
fn plain(answer: Answer) -> Value {
    match answer {
        Ok(mut answer) => {
            if let Some(map) = answer.as_object_mut() {
                map.remove("ConsumedCapacity");
                if let Some(Value::Object(tables)) = map.get_mut("Responses") {
                    for items in tables.values_mut().filter_map(Value::as_array_mut) {
                        items.sort_by_key(Value::to_string);
                    }
                }
            }
            normal(answer)
        }
        Err(refusal) => normal(refused(refusal)),
    }
}

fn refused(refusal: EngineError) -> Value {
    let reason = |reason: Reason| json!({ "code": reason.code, "item": reason.item });
    let reasons: Vec<_> = refusal.reasons.into_iter().map(reason).collect();
    json!({ "refused": refusal.code, "item": refusal.item, "reasons": reasons })
}

/// The units of an answer, tables in order; of a refusal nothing is told.
fn units(answer: &Answer) -> Value {
    let figures = answer.as_ref().ok().and_then(|answer| answer.get("ConsumedCapacity"));
    match figures.cloned() {
        Some(Value::Array(mut list)) => {
            list.sort_by_key(|figure| figure.get("TableName").map(ToString::to_string));
            normal(list.into())
        }
        Some(figure) => normal(figure),
        None => Value::Null,
    }
}

/// Sets in order, numbers of one kind.
fn normal(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let members = map.into_iter().filter(|(_, value)| !value.is_null());
            let members = members.map(|(name, value)| match (&*name, value) {
                ("SS" | "NS" | "BS", Value::Array(mut set)) => {
                    set.sort_by_key(Value::to_string);
                    (name, Value::Array(set))
                }
                (_, value) => (name, normal(value)),
            });
            Value::Object(members.collect())
        }
        Value::Array(list) => list.into_iter().map(normal).collect(),
        Value::Number(number) => json!(number.as_f64()),
        other => other,
    }
}

/// Compares the rows and the stream at the end of a sequence.
pub(super) fn left_behind(
    ours: &mut dyn Target,
    theirs: &mut dyn Target,
    report: &mut Report,
) -> Result<Option<String>, EngineError> {
    for table in TABLES {
        let (our, their) = (rows(ours, table)?, rows(theirs, table)?);
        if let Some(text) = lists(&format!("row of {table}"), &our, &their, theirs.name()) {
            return Ok(Some(text));
        }
    }
    let (our, their) = (ours.records()?, theirs.records()?);
    let mut our: Vec<_> = our.into_iter().map(record).collect();
    let count = their.len();
    let their = their.into_iter().map(record).filter(changes_something);
    let mut their: Vec<_> = their.collect();
    if theirs.name() == LOCAL {
        // What DynamoDB promises: an item's changes are in order, not those of different items.
        for records in [&mut our, &mut their] {
            records.sort_by_key(|record| record.get("keys").map(ToString::to_string));
        }
    }
    if their.len() < count {
        *report.known.entry(RECORD_OF_NOTHING).or_default() += count - their.len();
    }
    report.records += our.len();
    Ok(lists("record of the stream", &our, &their, theirs.name()))
}

fn lists(what: &str, ours: &[Value], theirs: &[Value], against: &str) -> Option<String> {
    let same = |ours: Option<&Value>, theirs: Option<&Value>| {
        ours == theirs || against == LOCAL && ours.map(plain_numbers) == theirs.map(plain_numbers)
    };
    let mut places = 0..ours.len().max(theirs.len());
    let at = places.find(|at| !same(ours.get(*at), theirs.get(*at)))?;
    let text = |list: &[Value]| list.get(at).map_or_else(|| "nothing".to_owned(), short);
    let (ours, theirs) = (text(ours), text(theirs));
    Some(format!("{what} {at}\n  memory: {ours}\n  {against}: {theirs}"))
}

fn rows(target: &mut dyn Target, table: &str) -> Result<Vec<Value>, EngineError> {
    let (mut rows, mut start) = (Vec::new(), Value::Null);
    loop {
        let mut request = json!({ "TableName": table, "ConsistentRead": true });
        if let (false, Some(map)) = (start.is_null(), request.as_object_mut()) {
            map.insert("ExclusiveStartKey".into(), start);
        }
        let mut page = target.call("Scan", &request)?;
        if let Some(Value::Array(items)) = page.get_mut("Items").map(Value::take) {
            rows.extend(items.into_iter().map(normal));
        }
        start = page.get_mut("LastEvaluatedKey").map(Value::take).unwrap_or_default();
        if start.is_null() {
            let key = |row: &Value| (row.get("pk").cloned(), row.get("sk").cloned());
            rows.sort_by_cached_key(|row| format!("{:?}", key(row)));
            return Ok(rows);
        }
    }
}

/// What a consumer learns from a record, but for the numbers that name it.
fn record(event: Value) -> Value {
    let of = |name: &str| event.pointer(&format!("/dynamodb/{name}")).cloned();
    normal(json!({
        "event": event.get("eventName"),
        "by": event.get("userIdentity"),
        "keys": of("Keys"),
        "old": of("OldImage"),
        "new": of("NewImage"),
    }))
}

fn changes_something(record: &Value) -> bool {
    record.get("old").is_none() || record.get("old") != record.get("new")
}
