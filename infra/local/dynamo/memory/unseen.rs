//! Transactions that are decided and not to be seen yet: DynamoDB makes the items of one true one
//! after the other, and a read that is no transaction sees some of them before the rest.
//!
//! Promises: between the decision and the last part the rows and indexes are what they were, but
//! for the parts shown; each record of the stream follows when its row does. Whoever hides keeps
//! others from writing what is hidden.

use std::collections::BTreeMap;

use super::table::Change;

/// What is decided and not true yet, by number.
#[derive(Debug, Default)]
pub struct Unseen {
    last: u64,
    parts: BTreeMap<u64, (String, Change)>,
}

impl Unseen {
    /// Takes a change of a table; answers its number.
    pub fn add(&mut self, table: String, change: Change) -> u64 {
        self.last += 1;
        self.parts.insert(self.last, (table, change));
        self.last
    }

    /// Gives it back, once.
    pub fn take(&mut self, part: u64) -> Option<(String, Change)> {
        self.parts.remove(&part)
    }
}
