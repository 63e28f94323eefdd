//! One user's books: the history recomputed line by line.

use kernel::UserId;

use super::{Account, Difference, JournalEntry, Kept, WalletLine};

/// An audit of one user under way. Hand it every line, in any order, with its journal entry.
#[derive(Clone, Debug)]
pub struct UserAudit {
    user: UserId,
    due: Kept,
    differences: Vec<Difference>,
}

impl UserAudit {
    #[must_use]
    pub fn new(user: UserId) -> Self {
        Self { user, due: Kept::default(), differences: Vec::new() }
    }

    pub fn add(&mut self, line: &WalletLine, entry: Option<&JournalEntry>) {
        self.due.spend_only = self.due.spend_only.saturating_add(line.spend_only);
        self.due.earned = self.due.earned.saturating_add(line.earned);
        self.due.held = self.due.held.saturating_add(line.held);
        self.due.penalty = self.due.penalty.saturating_add(line.penalty);
        let free = self.due.spend_only.saturating_add(self.due.earned);
        self.due.total = free.saturating_add(self.due.held);
        self.due.moves = self.due.moves.saturating_add(1);
        let fault = match entry {
            None => Some("there is no such entry"),
            Some(entry) if entry.checksum != entry.expected_checksum() => {
                self.differences.push(Difference::WrongChecksum(entry.reason.clone()));
                None
            }
            Some(entry) if entry.line_of(self.user) != *line => Some("the entry says otherwise"),
            Some(_) => None,
        };
        let user = self.user;
        let reason = line.reason.clone();
        self.differences.extend(fault.map(|fault| Difference::Line { user, reason, fault }));
    }

    /// How many lines it was handed.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.due.moves.unsigned_abs()
    }

    /// What the lines so far add up to.
    #[must_use]
    pub const fn recomputed(&self) -> Kept {
        self.due
    }

    /// Everything that differs; with the balances as they are `kept` when it saw all lines.
    #[must_use]
    pub fn finish(mut self, kept: Option<Kept>) -> Vec<Difference> {
        let Some(kept) = kept else { return self.differences };
        let user = self.user;
        let due = self.due;
        let balances = [
            (Account::SpendOnly(user), kept.spend_only, due.spend_only),
            (Account::Earned(user), kept.earned, due.earned),
            (Account::Held(user), kept.held, due.held),
            (Account::Penalty(user), kept.penalty, due.penalty),
        ];
        for (account, kept, due) in balances {
            if kept != due {
                let due = i128::from(due);
                self.differences.push(Difference::Balance { account, kept, due });
            }
        }
        for (what, kept, due) in
            [("total", kept.total, due.total), ("moves", kept.moves, due.moves)]
        {
            if kept != due {
                let due = i128::from(due);
                self.differences.push(Difference::Tally { user, what, kept, due });
            }
        }
        self.differences
    }
}
