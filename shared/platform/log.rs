//! One JSON line per invocation; the line is also its own EMF metric.

use std::{
    collections::BTreeMap,
    io::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use kernel::Instant;
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::meter::Meter;

/// A warning is due at this many data calls in one invocation (`api.md`).
const DATA_CALLS_WARN: u64 = 4;

/// Room for a line of an invocation that went well.
const LINE_BYTES_USUAL: usize = 1_024;

/// Takes log lines.
pub trait LogLines: Send + Sync + 'static {
    fn line(&self, line: &Value);

    /// The line of an invocation: for whoever reads lines, a line like the others.
    fn invocation(&self, line: &InvocationLine<'_>) {
        match serde_json::to_value(line) {
            Ok(line) => self.line(&line),
            Err(error) => self.line(&json!({ "level": "error", "cause": error.to_string() })),
        }
    }
}

/// Standard output: what Lambda ships to CloudWatch.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutLog;

impl StdoutLog {
    fn write(line: &impl Serialize) {
        let mut text = Vec::with_capacity(LINE_BYTES_USUAL);
        // A line that cannot be written has nowhere to complain to.
        if serde_json::to_writer(&mut text, line).is_ok() {
            text.push(b'\n');
            // Whole: standard output looks for the line's end in whatever piece it is given.
            let _: std::io::Result<()> = std::io::stdout().lock().write_all(&text);
        }
    }
}

impl LogLines for StdoutLog {
    fn line(&self, line: &Value) {
        Self::write(line);
    }

    /// At once: to build a value first takes twice as long.
    fn invocation(&self, line: &InvocationLine<'_>) {
        Self::write(line);
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
    pub details: Details<'a>,
    pub failed: bool,
}

/// What only lines of one kind of trigger have.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Details<'a> {
    Request(RequestDetails<'a>),
    Work { failures: &'a [String] },
}

/// A request and its answer.
#[derive(Debug, Serialize)]
pub(crate) struct RequestDetails<'a> {
    /// `public`: nobody.
    pub user: String,
    pub method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<&'static str>,
    /// The ids that the request names, by the names that its route gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Map<String, Value>>,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'a str>,
}

/// One JSON line; CloudWatch reads the metrics out of it (embedded metric format).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InvocationLine<'a> {
    #[serde(rename = "_aws")]
    aws: Emf,
    level: &'static str,
    time: Instant,
    function: &'a str,
    request_id: &'a str,
    duration_ms: u64,
    failed: u8,
    data_calls: u64,
    milli_units: u64,
    milli_reads: u64,
    milli_writes: u64,
    /// Under which policies something was tried again, and how many attempts the longest run took.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attempts: BTreeMap<&'static str, u32>,
    #[serde(flatten)]
    details: &'a Details<'a>,
}

/// What the embedded metric format wants to know of a line: when, and which members are metrics.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Emf {
    /// Milliseconds since 1970.
    timestamp: i64,
    cloud_watch_metrics: &'static [Directive],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: &'static [&'static [&'static str]],
    metrics: &'static [Metric],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

const METRICS: &[Directive] = &[Directive {
    namespace: "Jangteo",
    dimensions: &[&["function"]],
    metrics: &[
        Metric { name: "durationMs", unit: "Milliseconds" },
        Metric { name: "failed", unit: "Count" },
        Metric { name: "dataCalls", unit: "Count" },
        Metric { name: "milliUnits", unit: "Count" },
    ],
}];

impl<'a> InvocationLine<'a> {
    pub(crate) fn of(invocation: &'a Invocation<'a>) -> Self {
        let Invocation { function, now, request_id, elapsed, meter, details, failed } = invocation;
        let calls = meter.calls();
        let level = match (failed, calls >= DATA_CALLS_WARN) {
            (true, _) => "error",
            (false, true) => "warn",
            (false, false) => "info",
        };
        Self {
            aws: Emf { timestamp: now.millis(), cloud_watch_metrics: METRICS },
            level,
            time: *now,
            function,
            request_id,
            duration_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            failed: u8::from(*failed),
            data_calls: calls,
            milli_units: meter.milli_units(),
            milli_reads: meter.milli_reads(),
            milli_writes: meter.milli_writes(),
            attempts: meter.attempts(),
            details,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Instant {
        Instant::from_millis(1_900_000_000_000)
    }

    fn line(details: Details<'_>, failed: bool) -> Value {
        let meter = Meter::default();
        let invocation = Invocation {
            function: "auction.place_bid".to_owned(),
            now: at(),
            request_id: "r-1",
            elapsed: Duration::from_millis(7),
            meter: &meter,
            details,
            failed,
        };
        let line = InvocationLine::of(&invocation);
        let value = serde_json::to_value(&line).unwrap();
        // What Lambda is given is what tests and tools see, and no member comes twice.
        let text = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        for name in value.as_object().unwrap().keys() {
            assert_eq!(text.matches(&format!("\"{name}\":")).count(), 1, "{name}: {text}");
        }
        value
    }

    fn common(level: &str, failed: u8) -> Value {
        let metric = |name: &str, unit: &str| json!({ "Name": name, "Unit": unit });
        json!({
            "_aws": {
                "Timestamp": at().millis(),
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
            "time": at().to_string(),
            "function": "auction.place_bid",
            "requestId": "r-1",
            "durationMs": 7,
            "failed": failed,
            "dataCalls": 0,
            "milliUnits": 0,
            "milliReads": 0,
            "milliWrites": 0,
        })
    }

    fn with(mut line: Value, more: Value) -> Value {
        if let (Value::Object(line), Value::Object(more)) = (&mut line, more) {
            line.extend(more);
        }
        line
    }

    #[test]
    fn the_line_of_a_request_says_what_was_asked_and_answered() {
        let ids = json!({ "auctionId": "01938f3c-7e2a-7000-8000-00000000000a" });
        let done = RequestDetails {
            user: "public".to_owned(),
            method: "POST",
            path: Some("/v1/auctions/{auctionId}/bids"),
            target: ids.as_object().cloned(),
            status: 201,
            problem: None,
            cause: None,
        };
        let due = json!({
            "user": "public", "method": "POST", "path": "/v1/auctions/{auctionId}/bids",
            "target": ids, "status": 201,
        });
        assert_eq!(line(Details::Request(done), false), with(common("info", 0), due));
        let broken = RequestDetails {
            user: "u".to_owned(),
            method: "GET",
            path: None,
            target: None,
            status: 500,
            problem: Some("internal"),
            cause: Some("a \"quoted\" cause\nof two lines"),
        };
        let due = json!({
            "user": "u", "method": "GET", "status": 500, "problem": "internal",
            "cause": "a \"quoted\" cause\nof two lines",
        });
        assert_eq!(line(Details::Request(broken), true), with(common("error", 1), due));
    }

    #[test]
    fn the_line_of_a_worker_says_what_failed() {
        for failures in [&[][..], &["one".to_owned(), "two".to_owned()]] {
            let due = with(common("info", 0), json!({ "failures": failures }));
            assert_eq!(line(Details::Work { failures }, false), due);
        }
    }
}
