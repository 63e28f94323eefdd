//! What staff did, append-only: who, what, to what, why, and what it was before and after.
//!
//! Promises: an act and its entry are one transaction, so that neither is there without the other.

use kernel::{Instant, UserId, seoul_day};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Corrupt, Label, Page, Position, Query, Store, StoreError, Table, Transaction, Write, from_item,
    keys, to_item,
};

/// One act of a member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StaffAct {
    pub id: Uuid,
    pub at: Instant,
    pub by: UserId,
    /// The function that did it, like `auction-void-bid`.
    pub what: String,
    /// What it was done to, like `auction#<id>`.
    pub whom: String,
    pub why: Option<String>,
    /// The state before, in the words of the subject.
    pub before: String,
    pub after: String,
}

const MONTH_CHARS: usize = "2026-11".len();

/// The month in Seoul, like `2026-11`: what the entries are kept by.
#[must_use]
pub fn month_of(at: Instant) -> String {
    let mut day = seoul_day(at);
    day.truncate(MONTH_CHARS);
    day
}

impl Transaction {
    /// Adds the entry of what this transaction does.
    pub fn staff_act(self, act: &StaffAct) -> Result<Self, Corrupt> {
        let entry = to_item(&keys::staff_act(&month_of(act.at), act.at, act.id), act)?;
        Ok(self.write_as(Label::StaffAct, Write::create(Table::Operation, entry)))
    }
}

impl Store {
    /// A page of the acts of a month, newest first.
    pub async fn staff_acts(
        &self,
        month: &str,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<StaffAct>, StoreError> {
        let query = Query::of(Table::Operation, keys::staff_acts(month), limit).newest_first();
        Ok(self.query(query.after(after)).await?.try_map(from_item)?)
    }
}
