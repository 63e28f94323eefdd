//! The entry of what a member of staff does, for the transaction that does it.

use kernel::Instant;
use store::staff::StaffAct;

use crate::{App, Caller, Function, current};

/// What an act changed, in the words of its subject.
#[derive(Clone, Debug)]
pub struct Changed {
    /// A kind and an id, like `auction#<id>`.
    pub whom: String,
    pub why: Option<String>,
    pub before: String,
    pub after: String,
}

/// The entry of what the function at work does at `now` in the name of `caller`.
#[must_use]
pub fn act(app: &App, caller: &Caller, changed: Changed, now: Instant) -> StaffAct {
    let Changed { whom, why, before, after } = changed;
    StaffAct {
        id: app.entropy.uuid(now),
        at: now,
        by: caller.user,
        what: current().map(Function::id).unwrap_or_default(),
        whom,
        why,
        before,
        after,
    }
}
