//! What a developer wants to read while the marketplace runs: one short line per request.

use platform::LogLines;
use serde_json::Value;

/// Writes requests and failures to standard error.
pub struct RequestLog;

impl LogLines for RequestLog {
    #[expect(clippy::print_stderr, reason = "a developer's console")]
    fn line(&self, line: &Value) {
        if let Some(text) = short(line) {
            eprintln!("{text}");
        }
    }
}

/// Workers that went well say nothing.
fn short(line: &Value) -> Option<String> {
    let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |name: &str| line.get(name).and_then(Value::as_u64).unwrap_or_default();
    let function = text("function");
    if line.get("status").is_some() {
        let status = number("status");
        let millis = number("durationMs");
        let why = [text("problem"), text("cause")].join(" ");
        return Some(format!("{status} {function} {millis} ms {why}").trim_end().to_owned());
    }
    let failures = line.get("failures").filter(|_| number("failed") > 0)?;
    Some(format!("failed {function} {failures}"))
}
