//! One JSON line per invocation; the line is also its own EMF metric.

use std::{
    io::Write as _,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

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
