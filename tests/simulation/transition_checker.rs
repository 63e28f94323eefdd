//! I15 and I4, as rows change: only allowed edges between states, prices that rise.
//!
//! Trades, orders and payments are seen as they are committed, at the wire; auction heads as their
//! stream tells of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::Response;
use local::{FaultKind, Witness};
use serde_json::Value;
use store::Table;
use testkit::PriorityChecker;

use crate::history_log::HistoryLog;

/// From which state to which.
type Ways = &'static [(&'static str, &'static [&'static str])];

/// The edges that there are. Anything else, and any state after an end, is a fault.
const TRADE: Ways = &[
    ("", &["awaiting_payment"]),
    ("awaiting_payment", &["awaiting_shipment", "cancelled"]),
    // In person it is delivered and completed in one step.
    ("awaiting_shipment", &["in_transit", "completed", "cancelled"]),
    ("in_transit", &["inspecting", "delivered", "disputed", "completed", "cancelled"]),
    ("inspecting", &["awaiting_consent", "forwarding", "cancelled"]),
    ("awaiting_consent", &["forwarding", "cancelled"]),
    ("forwarding", &["delivered", "disputed", "completed", "cancelled"]),
    ("delivered", &["disputed", "completed"]),
    ("disputed", &["inspecting", "awaiting_return", "completed", "cancelled"]),
    ("awaiting_return", &["returning", "completed"]),
    ("returning", &["completed", "cancelled"]),
];
const ORDER: Ways = &[
    // A second purchase that finds nothing is written down as over.
    ("", &["open", "matched", "cancelled"]),
    ("open", &["matched", "cancelled", "expired"]),
    // A card that is declined returns the ask to its place.
    ("matched", &["open", "expired", "cancelled"]),
];
const PAYMENT: Ways = &[
    ("", &["ready", "approving"]),
    ("ready", &["approving", "failed"]),
    // A wrong key leaves it open for the right one.
    ("approving", &["ready", "done", "failed", "returning"]),
    // The provider's truth, found late.
    ("failed", &["done", "returning"]),
    ("returning", &["returned", "failed", "done"]),
    ("done", &["partially_cancelled", "cancelled"]),
    ("partially_cancelled", &["cancelled"]),
];
const HEAD: Ways = &[("o", &["w", "b", "u", "c"])];

/// Which rows carry a state, and under which name.
const WATCHED: &[(&str, &str, Ways)] =
    &[("trade#", "state", TRADE), ("order#", "state", ORDER), ("payment#", "status", PAYMENT)];

/// A row in one of these states waits for a sweep, which looks for it in this index.
const SWEPT: &[(&str, &str, &[&str], &str)] =
    &[("wallet#", "withdrawal#", &["requested", "sending"], "gsi1pk")];

/// The states as last committed, and what was wrong about a change.
#[derive(Default)]
pub struct TransitionChecker(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    states: BTreeMap<String, String>,
    pending: Vec<(String, String, usize)>,
    /// Rows of the pending request that no sweep will find.
    unswept: Vec<String>,
    /// The token of the transaction that is pending, and those of transactions that are done.
    token: Option<String>,
    done: BTreeSet<String>,
    faults: Vec<String>,
    seen: u64,
}

impl TransitionChecker {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was wrong, and how many changes of state were judged.
    #[must_use]
    pub fn faults(&self) -> (Vec<String>, u64) {
        let inner = self.inner();
        (inner.faults.clone(), inner.seen)
    }

    /// Judges the auction heads in a stream batch.
    pub fn look(&self, payload: &Value) {
        for record in payload["Records"].as_array().into_iter().flatten() {
            let change = &record["dynamodb"];
            let Some(pk) = change.pointer("/Keys/pk/S").and_then(Value::as_str) else { continue };
            let (old, new) = (&change["OldImage"], &change["NewImage"]);
            if pk.starts_with("head#") && old["st"].is_object() && new["st"].is_object() {
                self.inner().head(pk, old, new);
            }
        }
    }
}

impl Inner {
    fn head(&mut self, pk: &str, old: &Value, new: &Value) {
        let text = |image: &Value, name: &str| {
            image[name]["S"].as_str().or(image[name]["N"].as_str()).unwrap_or("").to_owned()
        };
        let number = |image: &Value, name: &str| text(image, name).parse::<i64>().unwrap_or(-1);
        self.seen += 1;
        let (from, to) = (text(old, "st"), text(new, "st"));
        if from != to && !allowed(HEAD, &from, &to) {
            self.faults.push(format!("I15: {pk} went from {from} to {to}"));
        }
        let same_epoch = number(old, "ep") == number(new, "ep");
        if same_epoch && number(new, "p") < number(old, "p") {
            self.faults.push(format!("I4: the price of {pk} fell: {old} {new}"));
        }
        if number(new, "q") < number(old, "q") {
            self.faults.push(format!("I7: the ledger of {pk} became shorter"));
        }
    }

    fn committed(&mut self) {
        // The same transaction again is answered again, and changes nothing.
        if self.token.take().is_some_and(|token| !self.done.insert(token)) {
            return;
        }
        let unswept = std::mem::take(&mut self.unswept);
        self.faults.extend(unswept.into_iter().map(|row| format!("I16: no sweep finds {row}")));
        for (pk, to, kind) in std::mem::take(&mut self.pending) {
            self.seen += 1;
            let from = self.states.get(&pk).cloned().unwrap_or_default();
            let (_, _, edges) = WATCHED[kind];
            if from != to && !allowed(edges, &from, &to) {
                self.faults.push(format!("I15: {pk} went from {from:?} to {to:?}"));
            }
            self.states.insert(pk, to);
        }
    }
}

fn allowed(edges: Ways, from: &str, to: &str) -> bool {
    edges.iter().any(|(at, ways)| *at == from && ways.contains(&to))
}

/// The items that a write puts.
fn puts<'a>(action: &str, body: &'a Value) -> Vec<&'a Value> {
    match action {
        "dynamodb:TransactWriteItems" => {
            let items = body["TransactItems"].as_array().into_iter().flatten();
            items.filter_map(|item| item.pointer("/Put/Item")).collect()
        }
        "dynamodb:PutItem" => body.get("Item").into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Those that wait and are not where their sweep looks.
fn unswept(puts: &[&Value]) -> Vec<String> {
    fn text<'a>(item: &'a Value, name: &str) -> &'a str {
        item[name]["S"].as_str().unwrap_or_default()
    }
    let lost = |item: &&&Value| {
        SWEPT.iter().any(|(pk, sk, states, index)| {
            let meant = text(item, "pk").starts_with(pk) && text(item, "sk").starts_with(sk);
            meant && states.contains(&text(item, "state")) && item.get(*index).is_none()
        })
    };
    puts.iter().filter(lost).map(|item| format!("{} {}", item["pk"], item["sk"])).collect()
}

/// The watched rows among what is put.
fn written(puts: &[&Value]) -> Vec<(String, String, usize)> {
    let watched = puts.iter().filter_map(|item| {
        let pk = item["pk"]["S"].as_str()?;
        // A line of somebody's history begins alike but has another sort key.
        let whole = item["sk"]["S"].as_str() == Some("-");
        let kind = WATCHED.iter().position(|(prefix, _, _)| pk.starts_with(prefix));
        let kind = kind.filter(|_| whole)?;
        let state = item[WATCHED[kind].1]["S"].as_str()?;
        Some((pk.to_owned(), state.to_owned(), kind))
    });
    watched.collect()
}

impl Witness for TransitionChecker {
    fn asked(&self, action: &str, _: &[Table], body: &Value, _: Option<FaultKind>) {
        if action == "dynamodb:TransactWriteItems" || action == "dynamodb:PutItem" {
            let mut inner = self.inner();
            let puts = puts(action, body);
            inner.pending = written(&puts);
            inner.unswept = unswept(&puts);
            inner.token = body["ClientRequestToken"].as_str().map(str::to_owned);
        }
    }

    fn answered(&self, _: &str, answer: Option<&Response<Bytes>>, _: bool) {
        let mut inner = self.inner();
        if answer.is_some_and(|answer| answer.status().is_success()) {
            inner.committed();
        }
        inner.pending.clear();
        inner.unswept.clear();
        inner.token = None;
    }
}

/// The witnesses of one run: each sees every call.
pub struct Witnesses {
    history: Arc<HistoryLog>,
    transitions: Arc<TransitionChecker>,
    priorities: Arc<PriorityChecker>,
}

impl Witnesses {
    pub fn all(
        history: &Arc<HistoryLog>,
        transitions: &Arc<TransitionChecker>,
        priorities: &Arc<PriorityChecker>,
    ) -> Arc<Self> {
        Arc::new(Self {
            history: Arc::clone(history),
            transitions: Arc::clone(transitions),
            priorities: Arc::clone(priorities),
        })
    }

    fn each(&self) -> [&dyn Witness; 3] {
        [&*self.history, &*self.transitions, &*self.priorities]
    }
}

impl Witness for Witnesses {
    fn asked(&self, action: &str, tables: &[Table], body: &Value, fault: Option<FaultKind>) {
        for witness in self.each() {
            witness.asked(action, tables, body, fault);
        }
    }

    fn answered(&self, action: &str, answer: Option<&Response<Bytes>>, lost: bool) {
        for witness in self.each() {
            witness.answered(action, answer, lost);
        }
    }
}
