//! Which write is meant.

/// Which write a request means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Put,
    Update,
    Delete,
    Check,
}
