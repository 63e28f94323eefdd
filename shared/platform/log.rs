//! One JSON line per invocation; the line is also its own EMF metric.

use std::{
    io::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kernel::Instant;
use serde_json::{Value, json};
use store::meter::Meter;

/// A warning is due at this many data calls in one invocation (`api.md`).
const DATA_CALLS_WARN: u64 = 4;

/// Takes log lines.
pub trait LogLines: Send + Sync + 'static {
    fn line(&self, line: &Value);
}

/// Standard output: what Lambda ships to CloudWatch.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutLog;

impl LogLines for StdoutLog {
    fn line(&self, line: &Value) {
        let mut text = line.to_string();
        text.push('\n');
        // Whole: standard output looks for the line's end in whatever piece it is given.
        // A log that cannot be written has nowhere to complain to.
        let _: std::io::Result<()> = std::io::stdout().lock().write_all(text.as_bytes());
    }
}

/// Keeps lines for a test or for `cargo dev` to show.
#[derive(Debug, Default)]
pub struct MemoryLog(Mutex<Vec<Value>>);

impl MemoryLog {
    #[must_use]
    pub fn lines(&self) -> Vec<Value> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl LogLines for MemoryLog {
    fn line(&self, line: &Value) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
    }
}

/// What the line about an invocation says.
pub(crate) struct Invocation<'a> {
    /// The function's id.
    pub function: String,
    pub now: Instant,
    pub request_id: &'a str,
    pub elapsed: Duration,
    pub meter: &'a Meter,
    /// An object whose members join the line.
    pub details: Value,
    pub failed: bool,
}

/// One JSON line; CloudWatch reads the metrics out of it (embedded metric format). `attempts` says
/// under which policies something was tried again, and how many attempts the longest run took.
pub(crate) fn log_line(invocation: &Invocation<'_>) -> Value {
    let Invocation { function, now, request_id, elapsed, meter, details, failed } = invocation;
    let calls = meter.calls();
    let level = match (failed, calls >= DATA_CALLS_WARN) {
        (true, _) => "error",
        (false, true) => "warn",
        (false, false) => "info",
    };
    let metric = |name: &str, unit: &str| json!({ "Name": name, "Unit": unit });
    let mut line = json!({
        "_aws": {
            "Timestamp": now.millis(),
            "CloudWatchMetrics": [{
                "Namespace": "Jangteo",
                "Dimensions": [["function"]],
                "Metrics": [
                    metric("durationMs", "Milliseconds"), metric("failed", "Count"),
                    metric("dataCalls", "Count"), metric("milliUnits", "Count"),
                ],
            }],
        },
        "level": level,
        "time": now.to_string(),
        "function": function,
        "requestId": request_id,
        "durationMs": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        "failed": u8::from(*failed),
        "dataCalls": calls,
        "milliUnits": meter.milli_units(),
        "milliReads": meter.milli_reads(),
        "milliWrites": meter.milli_writes(),
    });
    if let (Value::Object(line), Value::Object(details)) = (&mut line, details) {
        let attempts = meter.attempts();
        if !attempts.is_empty() {
            line.insert("attempts".to_owned(), json!(attempts));
        }
        line.extend(
            details
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
    line
}
