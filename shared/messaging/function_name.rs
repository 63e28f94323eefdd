//! What a function is called, by whoever sends it something.

use std::fmt;

/// A function's full name: of itself, of the queue that it consumes, in a schedule's target.
///
/// Reads `auction-close-auction`, after the stack's prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionName {
    pub context: &'static str,
    /// In the context, like `close_auction`.
    pub name: &'static str,
}

impl FunctionName {
    #[must_use]
    pub const fn new(context: &'static str, name: &'static str) -> Self {
        Self { context, name }
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.context, self.name.replace('_', "-"))
    }
}
