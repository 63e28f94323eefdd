//! Why a worker could not do its work now.

use std::fmt;

/// A failed message, record or tick: it comes again, and ends in the dead-letter queue at last.
/// The text is for our logs and may name internals.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(reason: impl fmt::Display) -> Self {
        Self(reason.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
