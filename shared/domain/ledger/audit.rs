//! The audit: everything recomputed from the journal and compared with what is kept.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{TradeId, UserId, WithdrawalId};

use super::{
    Account, Books, Debt, HoldRow, HoldState, JournalEntry, Kept, Movement, MovementError,
    MovementKind, REHOLD,
};
use crate::withdrawal;

/// Something that should not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    #[error("unreadable row: {0}")]
    Unreadable(String),
    #[error("entry {0} stands there twice")]
    DuplicateReason(String),
    #[error("entry {reason} stands under the key of {key}")]
    WrongKey { key: String, reason: String },
    #[error("entry {0} does not match its checksum")]
    WrongChecksum(String),
    #[error("entry {reason}: {error}")]
    NoMovement { reason: String, error: MovementError },
    #[error("{account}: the row says {kept}, the journal {due}")]
    Balance { account: Account, kept: i64, due: i128 },
    #[error("{account} is {kept}, which no movement allows")]
    OutOfBounds { account: Account, kept: i64 },
    #[error("{0} has no row")]
    NoRow(Account),
    #[error("{0} has two rows")]
    TwoRows(Account),
    #[error("wallet of {user}: {what} says {kept} and should say {due}")]
    Tally { user: UserId, what: &'static str, kept: i64, due: i128 },
    #[error("hold {subject}: {fault}")]
    Hold { subject: String, fault: &'static str },
    #[error("entry {reason}: it changes held money without a hold that it begins or ends")]
    NoHold { reason: String },
    #[error("history of {user}, {reason}: {fault}")]
    Line { user: UserId, reason: String, fault: &'static str },
    #[error("withdrawal {id}: {fault}")]
    Withdrawal { id: WithdrawalId, fault: &'static str },
}

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    pub differences: Vec<Difference>,
    pub entries: usize,
    /// What the journal puts into each kind of account; together 0.
    pub sums: BTreeMap<&'static str, i128>,
}

/// Recomputes everything. The order of rows does not matter.
#[must_use]
pub fn audit(books: &Books) -> Audit {
    let mut auditor = Auditor::default();
    auditor.found.extend(books.unreadable.iter().cloned().map(Difference::Unreadable));
    for (key, entry) in &books.entries {
        auditor.entry(key, entry);
    }
    auditor.wallets(&books.wallets);
    auditor.escrows(&books.escrows);
    auditor.debts(&books.debts);
    auditor.holds(books);
    auditor.lines(books);
    auditor.withdrawals(books);
    let mut sums = BTreeMap::new();
    for (account, due) in &auditor.due {
        *sums.entry(account.kind()).or_default() += due;
    }
    Audit { differences: auditor.found, entries: books.entries.len(), sums }
}

#[derive(Default)]
struct Auditor<'a> {
    found: Vec<Difference>,
    entries: BTreeMap<&'a str, &'a JournalEntry>,
    due: BTreeMap<Account, i128>,
    moves: BTreeMap<UserId, i128>,
    kept: BTreeMap<UserId, Kept>,
}

impl<'a> Auditor<'a> {
    fn entry(&mut self, key: &str, entry: &'a JournalEntry) {
        let reason = || entry.reason.clone();
        if key != entry.reason {
            self.found.push(Difference::WrongKey { key: key.to_owned(), reason: reason() });
        }
        if entry.checksum != entry.expected_checksum() {
            self.found.push(Difference::WrongChecksum(reason()));
        }
        if let Err(error) = Movement::new(reason(), entry.kind, entry.postings.clone()) {
            self.found.push(Difference::NoMovement { reason: reason(), error });
        }
        if self.entries.insert(&entry.reason, entry).is_some() {
            self.found.push(Difference::DuplicateReason(reason()));
        }
        for posting in &entry.postings {
            *self.due.entry(posting.account).or_default() += i128::from(posting.amount);
        }
        for user in entry.users() {
            *self.moves.entry(user).or_default() += 1;
        }
    }

    fn due(&self, account: Account) -> i128 {
        self.due.get(&account).copied().unwrap_or_default()
    }

    fn balance(&mut self, account: Account, kept: i64) {
        let due = self.due(account);
        if i128::from(kept) != due {
            self.found.push(Difference::Balance { account, kept, due });
        }
        let allowed = match account {
            Account::Penalty(_) => kept <= 0,
            _ => kept >= 0,
        };
        if !allowed {
            self.found.push(Difference::OutOfBounds { account, kept });
        }
    }

    fn tally(&mut self, user: UserId, what: &'static str, kept: i64, due: i128) {
        if i128::from(kept) != due {
            self.found.push(Difference::Tally { user, what, kept, due });
        }
    }

    fn wallets(&mut self, wallets: &[(UserId, Kept)]) {
        for (user, kept) in wallets {
            let user = *user;
            if self.kept.insert(user, *kept).is_some() {
                self.found.push(Difference::TwoRows(Account::SpendOnly(user)));
            }
            self.balance(Account::SpendOnly(user), kept.spend_only);
            self.balance(Account::Earned(user), kept.earned);
            self.balance(Account::Held(user), kept.held);
            self.balance(Account::Penalty(user), kept.penalty);
            let free = i128::from(kept.spend_only) + i128::from(kept.earned);
            let total = free + i128::from(kept.held);
            self.tally(user, "total", kept.total, total);
            let moves = self.moves.get(&user).copied().unwrap_or_default();
            self.tally(user, "moves", kept.moves, moves);
        }
        let orphans = self.moves.keys().filter(|user| !self.kept.contains_key(user));
        let missing = orphans.map(|user| Difference::NoRow(Account::SpendOnly(*user)));
        self.found.extend(missing.collect::<Vec<_>>());
    }

    fn escrows(&mut self, escrows: &[(TradeId, i64)]) {
        let mut seen = BTreeSet::new();
        for (trade, kept) in escrows {
            let account = Account::Escrow(*trade);
            if !seen.insert(account) {
                self.found.push(Difference::TwoRows(account));
            }
            self.balance(account, *kept);
        }
        let touched = self.due.keys().filter(|account| matches!(account, Account::Escrow(_)));
        let missing = touched.filter(|account| !seen.contains(account)).copied();
        self.found.extend(missing.map(Difference::NoRow).collect::<Vec<_>>());
    }

    /// Each claim has its debt, and what a user owes is what its debts say.
    fn debts(&mut self, debts: &[Debt]) {
        let mut seen = BTreeSet::new();
        let mut owed: BTreeMap<UserId, i128> = BTreeMap::new();
        for debt in debts {
            let account = Account::Claim(debt.trade);
            if !seen.insert(account) {
                self.found.push(Difference::TwoRows(account));
            }
            if debt.creditor.is_some() {
                self.balance(account, debt.left.get());
            }
            *owed.entry(debt.debtor).or_default() -= i128::from(debt.left.get());
        }
        let touched = self.due.keys().filter(|account| matches!(account, Account::Claim(_)));
        let missing = touched.filter(|account| !seen.contains(account)).copied();
        self.found.extend(missing.map(Difference::NoRow).collect::<Vec<_>>());
        for (user, kept) in self.kept.clone() {
            let due = owed.get(&user).copied().unwrap_or_default();
            self.tally(user, "owed (by its debts)", kept.penalty, due);
        }
    }

    fn holds(&mut self, books: &'a Books) {
        let mut held: BTreeMap<UserId, i128> = BTreeMap::new();
        let mut bounds: BTreeSet<String> = BTreeSet::new();
        let mut faults = Vec::new();
        let changes = self.hold_changes();
        for (subject, hold) in &books.holds {
            let mut fault = |fault| {
                faults.push(Difference::Hold { subject: subject.clone(), fault });
            };
            if !bounds.insert(format!("hold#{subject}")) {
                fault("it stands there twice");
            }
            let changes = changes.get(&**subject).map_or(&[][..], Vec::as_slice);
            bounds.extend(changes.iter().map(|entry| entry.reason.clone()));
            if let Some(text) = self.hold_fault(subject, hold, changes) {
                fault(text);
            }
            match &hold.ended_by {
                Some(reason) if !bounds.insert(reason.clone()) => {
                    fault("its end is another hold's end, too");
                }
                Some(_) => {}
                None => *held.entry(hold.user).or_default() += i128::from(hold.amount.get()),
            }
        }
        self.found.extend(faults);
        for (user, kept) in self.kept.clone() {
            let due = held.get(&user).copied().unwrap_or_default();
            self.tally(user, "held (by its holds)", kept.held, due);
        }
        for entry in self.entries.values() {
            let held = entry.postings.iter().any(|p| matches!(p.account, Account::Held(_)));
            if held && !bounds.contains(&entry.reason) {
                self.found.push(Difference::NoHold { reason: entry.reason.clone() });
            }
        }
    }

    /// The entries that changed a hold, by its subject.
    fn hold_changes(&self) -> BTreeMap<&'a str, Vec<&'a JournalEntry>> {
        let mut changes: BTreeMap<&str, Vec<&JournalEntry>> = BTreeMap::new();
        for (reason, entry) in &self.entries {
            let named = reason.strip_prefix(REHOLD).and_then(|rest| rest.rsplit_once('#'));
            if let Some((subject, _)) = named {
                changes.entry(subject).or_default().push(entry);
            }
        }
        changes
    }

    /// `changes`: the entries that raised and lowered it on its way.
    fn hold_fault(
        &self,
        subject: &str,
        hold: &HoldRow,
        changes: &[&JournalEntry],
    ) -> Option<&'static str> {
        let of = |entry: &JournalEntry| (entry.kind, entry.change_of(Account::Held(hold.user)));
        let change = |reason: &str| self.entries.get(reason).map(|entry| of(entry));
        let earned = |entry: &JournalEntry| entry.change_of(Account::Earned(hold.user));
        let amount = hold.amount.get();
        let mut more = 0;
        let mut earned_more = 0;
        for entry in changes {
            let (kind, held) = of(entry);
            earned_more -= earned(entry);
            let fits = match kind {
                MovementKind::Hold => held > 0,
                MovementKind::Release => held < 0,
                _ => false,
            };
            if !fits {
                return Some("an entry that changed it is another's");
            }
            more += held;
        }
        if change(&format!("hold#{subject}")) != Some((MovementKind::Hold, amount - more)) {
            return Some("the entries that began and changed it are others");
        }
        let began = self.entries.get(&*format!("hold#{subject}")).map(|entry| -earned(entry));
        if began != Some(hold.earned.get() - earned_more) {
            return Some("the entries that began and changed it took another kind of money");
        }
        let release = format!("release#{subject}");
        let back = self.entries.get(&*release).map(|entry| earned(entry));
        if back.is_some_and(|back| back != hold.earned.get()) {
            return Some("another kind of money came back");
        }
        match (hold.state, &hold.ended_by) {
            (HoldState::Held, None) => None,
            (HoldState::Released, Some(reason)) if *reason == release => {
                let fits = change(reason) == Some((MovementKind::Release, -amount));
                (!fits).then_some("the entry that released it is another one")
            }
            (HoldState::Captured, Some(reason)) if *reason != release => {
                let fits = change(reason).is_some_and(|(_, change)| change == -amount);
                (!fits).then_some("the entry that captured it is another one")
            }
            _ => Some("its state and its end do not go together"),
        }
    }

    fn lines(&mut self, books: &Books) {
        let mut seen = BTreeSet::new();
        for (user, line) in &books.lines {
            let entry = self.entries.get(&*line.reason);
            let fault = match entry {
                None => Some("there is no such entry"),
                Some(entry) if !entry.users().contains(user) => Some("the entry is another's"),
                Some(entry) if entry.line_of(*user) != *line => Some("the entry says otherwise"),
                Some(_) if !seen.insert((*user, line.reason.clone())) => Some("it is told twice"),
                Some(_) => None,
            };
            let reason = line.reason.clone();
            self.found.extend(fault.map(|fault| Difference::Line { user: *user, reason, fault }));
        }
        for entry in self.entries.values() {
            for user in entry.users() {
                if !seen.contains(&(user, entry.reason.clone())) {
                    let reason = entry.reason.clone();
                    let fault = "it is not told";
                    self.found.push(Difference::Line { user, reason, fault });
                }
            }
        }
    }

    fn withdrawals(&mut self, books: &Books) {
        let holds: BTreeMap<&str, &HoldRow> =
            books.holds.iter().map(|(subject, hold)| (&**subject, hold)).collect();
        let mut subjects = BTreeSet::new();
        for (id, facts) in &books.withdrawals {
            let subject = withdrawal::subject(*id);
            let due = match facts.state {
                withdrawal::State::Requested | withdrawal::State::Sending => HoldState::Held,
                withdrawal::State::Done => HoldState::Captured,
                withdrawal::State::Failed | withdrawal::State::Stopped => HoldState::Released,
            };
            let fault = match holds.get(&*subject) {
                None => Some("it has no hold"),
                Some(hold) if hold.user != facts.user => Some("its hold is another's"),
                Some(hold) if hold.amount != facts.amount => Some("its hold has another amount"),
                Some(hold) if hold.state != due => Some("its hold is in another state"),
                Some(_) => None,
            };
            self.found.extend(fault.map(|fault| Difference::Withdrawal { id: *id, fault }));
            subjects.insert(subject);
        }
        let orphans = holds.keys().filter(|subject| {
            subject.starts_with(withdrawal::SUBJECT_PREFIX) && !subjects.contains(**subject)
        });
        let fault = "it holds for a withdrawal that is not there";
        let orphans =
            orphans.map(|subject| Difference::Hold { subject: (*subject).to_owned(), fault });
        self.found.extend(orphans.collect::<Vec<_>>());
    }
}
