//! When two answers are alike.
//!
//! Sets have no order, nor has what a batch reads. The words of a validation refusal are not
//! compared: nobody reads them but a developer. Everything else is: answers, codes, reasons, the
//! items that they carry, units, rows, streams.

use serde_json::{Value, json};

use super::{
    Report,
    steps::{Step, short},
    target::{Answer, TABLES, Target},
};
use crate::dynamo::{EngineError, Reason};

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
pub const KNOWN: &[Known] = &[Known {
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
}];

/// The name under which records of nothing are counted.
const RECORD_OF_NOTHING: &str = "record-of-nothing";

pub(super) enum Verdict {
    Same,
    Known(Vec<&'static str>),
    Different(String),
}

/// Compares what both answered to a step.
pub(super) fn answers(step: &Step, (ours, theirs): (Answer, Answer), against: &str) -> Verdict {
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
    let our: Vec<_> = our.into_iter().map(record).collect();
    let count = their.len();
    let their: Vec<_> = their.into_iter().map(record).filter(changes_something).collect();
    if their.len() < count {
        *report.known.entry(RECORD_OF_NOTHING).or_default() += count - their.len();
    }
    report.records += our.len();
    Ok(lists("record of the stream", &our, &their, theirs.name()))
}

fn lists(what: &str, ours: &[Value], theirs: &[Value], against: &str) -> Option<String> {
    let at = (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at))?;
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
