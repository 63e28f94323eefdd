//! Errors as our own logs want them.

use std::error::Error;

/// An error with everything that caused it, outermost first. For logs: it may name internals.
#[must_use]
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
