//! Who decides what is not true yet, and when it is.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
};

use kernel::Span;
use serde_json::Value;

use crate::{
    account::Account,
    dynamo::{EngineError, item_of},
    fault::Upset,
    touched,
    visibility::{Hidden, Visibility},
};

/// One call: what it decided is true when this is dropped.
pub(crate) struct Owner<'a> {
    account: &'a Account,
    number: u64,
    hidden: AtomicBool,
}

impl Drop for Owner<'_> {
    fn drop(&mut self) {
        // Whoever asked is gone; the transaction is done all the same.
        self.account.show(|part| part.owner == self.number);
    }
}

impl Owner<'_> {
    /// Whether it decided anything that was not true at once.
    pub fn has_hidden(&self) -> bool {
        self.hidden.load(Ordering::Relaxed)
    }

    /// Whether some of it is not true yet; every question lets a little time pass.
    pub fn is_unseen(&self) -> bool {
        self.account.pass_by();
        self.account.veils.inner().parts.iter().any(|part| part.owner == self.number)
    }

    /// Takes what the engine decided: the items of `held` stay kept until each is true.
    pub fn hide(&self, body: &Value, numbers: Vec<u64>, visibility: Visibility) {
        let now = self.account.clock.now();
        let acts = body.get("TransactItems").and_then(Value::as_array);
        let items =
            acts.into_iter().flatten().map(|act| act.as_object()?.values().find_map(item_of));
        let mut inner = self.account.veils.inner();
        for (number, item) in numbers.into_iter().zip(items) {
            let Some(item) = item else { continue };
            let (calls, millis) = inner.draw(visibility);
            let after_calls = inner.calls.saturating_add(calls);
            let at = now + Span::millis(millis);
            self.hidden.store(true, Ordering::Relaxed);
            inner.parts.push(Hidden { number, owner: self.number, item, after_calls, at });
        }
    }
}

impl Account {
    /// A call begins.
    pub(crate) fn owner(&self) -> Owner<'_> {
        Owner { account: self, number: self.pass_by(), hidden: AtomicBool::new(false) }
    }

    /// A call, or a turn of somebody who waits: what is due is true from now on.
    /// Answers the how-manieth it is.
    fn pass_by(&self) -> u64 {
        let calls = {
            let mut inner = self.veils.inner();
            inner.calls = inner.calls.saturating_add(1);
            if inner.parts.is_empty() {
                return inner.calls;
            }
            inner.calls
        };
        let now = self.clock.now();
        self.show(|part| part.after_calls <= calls && part.at <= now);
        calls
    }

    /// Everything that was decided is true.
    pub(crate) fn show_all(&self) {
        self.show(|_| true);
    }

    fn show(&self, due: impl Fn(&Hidden) -> bool) {
        // Held to the end: nobody may write an item between its being free and its being true.
        let mut inner = self.veils.inner();
        let shown: Vec<Hidden> = inner.parts.extract_if(.., |part| due(part)).collect();
        for part in &shown {
            self.engine.show(part.number);
            self.in_flight.release(&part.item);
        }
        if !shown.is_empty() {
            self.written.notify_one();
        }
    }

    /// Counts a read that may see a transaction half done.
    pub(crate) fn note_half_seen(&self, operation: &str, body: &Value) {
        let keys: BTreeSet<String> =
            self.veils.inner().parts.iter().map(|part| part.item.1.clone()).collect();
        if keys.is_empty() || !["GetItem", "BatchGetItem", "Query"].contains(&operation) {
            return;
        }
        let touched = touched::partitions(&self.names, operation, body);
        let quoted = |key: &str| Value::from(key).to_string();
        if touched.iter().any(|of| keys.iter().any(|key| key.contains(&quoted(&of.key)))) {
            self.faults.note(Upset::HalfSeen);
        }
    }

    /// The engine's answer. A transaction's items are not all true with it, where a test wants it.
    pub(crate) fn decide(
        &self,
        owner: &Owner<'_>,
        operation: &str,
        body: Value,
    ) -> Result<Value, EngineError> {
        let visibility = self.knobs(|knobs| knobs.visibility);
        match visibility.filter(|_| operation == "TransactWriteItems") {
            None => self.engine.call(operation, body),
            Some(visibility) => {
                let (answer, numbers) = self.engine.decide_unseen(body.clone())?;
                owner.hide(&body, numbers, visibility);
                Ok(answer)
            }
        }
    }
}
