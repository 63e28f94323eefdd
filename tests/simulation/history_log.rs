//! What a run was: its history as one digest, and its figures.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use http::Response;
use local::{FaultKind, Witness};
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Table;

use crate::{
    faults::{Fault, Habit},
    interruption,
};

/// Figures by name.
pub type Counts = BTreeMap<String, u64>;

/// Sees everything that happens.
#[derive(Default)]
pub struct HistoryLog(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    history: Sha256,
    counts: Counts,
    /// The history as text, when it is wanted.
    lines: Option<Vec<String>>,
}

/// A body as it goes into the history.
struct Hashed<'a>(&'a mut Sha256);

impl std::io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl HistoryLog {
    #[must_use]
    pub fn new(with_lines: bool) -> Self {
        Self(Mutex::new(Inner { lines: with_lines.then(Vec::new), ..Inner::default() }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one more of these.
    pub fn count(&self, what: &str) {
        self.add(what, 1);
    }

    pub fn add(&self, what: &str, number: u64) {
        let mut inner = self.inner();
        match inner.counts.get_mut(what) {
            Some(count) => *count += number,
            None => {
                inner.counts.insert(what.to_owned(), number);
            }
        }
    }

    /// Counts a fault that struck.
    pub fn strike(&self, fault: Fault) {
        self.add(&fault_count(fault), 1);
    }

    /// Counts what somebody did as people do.
    pub fn notice(&self, habit: Habit) {
        self.add(&habit_count(habit), 1);
    }

    /// A step of somebody in the market: part of the history.
    pub fn step(&self, line: impl FnOnce() -> String) {
        let line = line();
        let mut inner = self.inner();
        inner.history.update(line.as_bytes());
        if let Some(lines) = &mut inner.lines {
            lines.push(line);
        }
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        self.inner().counts.clone()
    }

    /// Everything so far in one number.
    #[must_use]
    pub fn digest(&self) -> String {
        hex::encode(self.inner().history.clone().finalize())
    }

    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.inner().lines.clone().unwrap_or_default()
    }
}

/// Under which name a kind of fault is counted.
#[must_use]
pub fn fault_count(fault: Fault) -> String {
    format!("fault {}", fault.name())
}

#[must_use]
pub fn habit_count(habit: Habit) -> String {
    format!("habit {}", habit.name())
}

/// Whether the call knows the fault: others strike without effect.
fn bites(action: &str, body: &Value, fault: FaultKind) -> bool {
    match fault {
        FaultKind::Conflict => action.starts_with("dynamodb:"),
        FaultKind::Unprocessed => action.starts_with("dynamodb:Batch"),
        FaultKind::StaleIndex => action == "dynamodb:Query" && body.get("IndexName").is_some(),
        FaultKind::StaleRead => local::is_eventual_read(action, body),
        FaultKind::PartlyTaken => action.starts_with("events:"),
        _ => true,
    }
}

impl Witness for HistoryLog {
    fn asked(&self, action: &str, tables: &[Table], body: &Value, fault: Option<FaultKind>) {
        let struck = fault.filter(|fault| bites(action, body, *fault));
        if let Some(fault) = struck {
            self.strike(Fault::of_call(action, fault));
        }
        self.count(&format!("call {action}"));
        interruption::note_call(action, tables);
        let mut inner = self.inner();
        inner.history.update(action.as_bytes());
        // A hash of what is written: writing to a hasher cannot fail.
        let written = serde_json::to_writer(Hashed(&mut inner.history), body);
        debug_assert!(written.is_ok());
        if let Some(lines) = &mut inner.lines {
            let who = platform::current().map_or_else(String::new, platform::Function::id);
            lines.push(format!("  {who} → {action} {struck:?} {body}"));
        }
    }

    fn answered(&self, _: &str, answer: Option<&Response<Bytes>>, lost: bool) {
        let mut inner = self.inner();
        match answer {
            Some(answer) => {
                inner.history.update(answer.status().as_u16().to_be_bytes());
                inner.history.update(answer.body());
            }
            None => inner.history.update(b"nothing"),
        }
        inner.history.update([u8::from(lost)]);
        if let Some(lines) = &mut inner.lines {
            let text = answer.map(|answer| String::from_utf8_lossy(answer.body()).into_owned());
            let text = text.unwrap_or_else(|| "nothing".to_owned());
            lines.push(format!("    ← {text}{}", if lost { " (lost)" } else { "" }));
        }
    }
}
