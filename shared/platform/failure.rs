//! Why a worker could not do its work now.

use std::{any::Any, fmt};

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

/// The failure that a panic is.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    Failure::new(format!("panic: {}", text.unwrap_or_default()))
}
