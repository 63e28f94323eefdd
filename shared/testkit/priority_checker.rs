//! I8, as orders rest and are met: never crossed, and price before time, at the commit.
//!
//! The book is followed at the wire. Its keys sort as its orders are served, so whoever is met must
//! be the first that rests on that side when the match commits. Calls must be answered one at a
//! time: in one thread.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use domain::exchange::Side;
use http::Response;
use local::{FaultKind, Witness};
use serde_json::Value;
use store::{Table, keys};

/// Who rests where, and what was wrong about a match.
#[derive(Default)]
pub struct PriorityChecker(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// By side and place, the price.
    sides: BTreeMap<String, BTreeMap<String, i64>>,
    pending: Option<Change>,
    faults: Vec<String>,
    matches: u64,
    /// Transactions that took effect: one that is sent again does nothing.
    done: BTreeSet<String>,
}

/// What a transaction does to the book.
#[derive(Default)]
struct Change {
    comes: Vec<(String, String, i64)>,
    leaves: Vec<(String, String)>,
    /// It opens a trade.
    is_match: bool,
    token: String,
}

impl PriorityChecker {
    /// What was wrong, and how many matches were judged.
    #[must_use]
    pub fn faults(&self) -> (Vec<String>, u64) {
        let inner = self.inner();
        (inner.faults.clone(), inner.matches)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Change {
    fn of(body: &Value) -> Self {
        let token = body["ClientRequestToken"].as_str().unwrap_or_default().to_owned();
        let mut change = Self { token, ..Self::default() };
        for item in body["TransactItems"].as_array().into_iter().flatten() {
            let put = item.pointer("/Put/Item").and_then(key);
            let gone = item.pointer("/Delete/Key").and_then(key);
            change.is_match |= put.as_ref().is_some_and(|(pk, _)| pk.starts_with("trade#"));
            let rests = |(pk, _): &(String, String)| pk.starts_with(keys::BOOK_PREFIX);
            let price = item.pointer("/Put/Item/price/N").and_then(Value::as_str);
            let price = price.and_then(|text| text.parse().ok()).unwrap_or_default();
            change.comes.extend(put.filter(rests).map(|(pk, sk)| (pk, sk, price)));
            change.leaves.extend(gone.filter(rests));
        }
        change
    }
}

fn key(item: &Value) -> Option<(String, String)> {
    let text = |name: &str| item.get(name)?.get("S")?.as_str().map(str::to_owned);
    Some((text("pk")?, text("sk")?))
}

impl Inner {
    fn committed(&mut self) {
        let Some(change) = self.pending.take() else { return };
        if !change.token.is_empty() && !self.done.insert(change.token) {
            return;
        }
        // Whom a match meets leaves first; a repriced order that is matched leaves its place after.
        for (index, (side, priority)) in change.leaves.into_iter().enumerate() {
            let resting = self.sides.entry(side.clone()).or_default();
            if change.is_match && index == 0 {
                self.matches += 1;
                let first = resting.keys().next().cloned();
                if first.as_ref() != Some(&priority) {
                    let what =
                        format!("I8: {priority} was met on {side}, and {first:?} came first");
                    self.faults.push(what);
                }
            }
            resting.remove(&priority);
        }
        for (side, priority, price) in change.comes {
            self.sides.entry(side.clone()).or_default().insert(priority, price);
            self.faults.extend(self.crossed(&side));
        }
    }

    /// Whether the best that rests on a side could meet the best of the other side.
    fn crossed(&self, side: &str) -> Option<String> {
        let (instrument, _) = side.rsplit_once('#')?;
        let best = |side: Side| {
            let prices = self.sides.get(&format!("{instrument}#{}", side.as_str()))?;
            prices.values().next().copied()
        };
        let (bid, ask) = (best(Side::Buy)?, best(Side::Sell)?);
        (bid >= ask).then(|| format!("I8: {instrument} is crossed: {bid} is bid, {ask} is asked"))
    }
}

impl Witness for PriorityChecker {
    fn asked(&self, action: &str, _: &[Table], body: &Value, _: Option<FaultKind>) {
        let change = (action == "dynamodb:TransactWriteItems").then(|| Change::of(body));
        self.inner().pending = change;
    }

    fn answered(&self, _: &str, answer: Option<&Response<Bytes>>, _: bool) {
        let mut inner = self.inner();
        if answer.is_some_and(|answer| answer.status().is_success()) {
            inner.committed();
        }
        inner.pending = None;
    }
}
