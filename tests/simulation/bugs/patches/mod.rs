//! Bugs that the wire cannot express: a line of the source that is wrong.
//!
//! Each is a text that stands exactly once in its file, and what to put there. It is applied to a
//! copy of the tree, and the tests of one package must fail on it. Seconds each for a rule, minutes
//! for a handler: this kind is run by hand.

mod disputes;
mod handlers;
mod money;
mod patch;
mod rules;

pub use patch::Patch;

/// Every bug of this kind.
pub fn all() -> impl Iterator<Item = &'static Patch> {
    let all = [rules::PATCHES, disputes::PATCHES, money::PATCHES, handlers::PATCHES];
    all.into_iter().flatten()
}
