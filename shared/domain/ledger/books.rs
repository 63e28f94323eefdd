//! What is written down of the money: the journal, and all that must follow from it.

use kernel::{Instant, TradeId, UserId, WithdrawalId, Won};

use super::{Account, Debt, Movement, MovementKind, Posting, Split};
use crate::{auction::Hash, withdrawal};

/// A movement as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub reason: String,
    pub kind: MovementKind,
    pub at: Instant,
    pub postings: Vec<Posting>,
    /// Of all the above: an entry that was tampered with does not match it.
    pub checksum: Hash,
}

/// A user's money, in won. `penalty` is what is owed: 0 or less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What is free, by kind.
    pub free: Split,
    pub held: Won,
    pub penalty: i64,
}

impl Balance {
    /// What is free to spend.
    #[must_use]
    pub fn available(&self) -> Won {
        self.free.total()
    }

    /// Whether anything is owed for penalties: then nothing is bought, sold or taken out.
    #[must_use]
    pub const fn in_debt(&self) -> bool {
        self.penalty < 0
    }
}

/// A user's balances as they stand in the row, whatever stands there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub spend_only: i64,
    pub earned: i64,
    pub held: i64,
    pub penalty: i64,
    /// Free and held together: what the wallet's limit is about.
    pub total: i64,
    /// How many movements there were.
    pub moves: i64,
}

/// What a movement did to one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletLine {
    pub reason: String,
    pub kind: MovementKind,
    pub at: Instant,
    pub spend_only: i64,
    pub earned: i64,
    pub held: i64,
    pub penalty: i64,
}

impl WalletLine {
    /// What it did to what is free to spend.
    #[must_use]
    pub const fn available(&self) -> i64 {
        self.spend_only.saturating_add(self.earned)
    }
}

/// Money set aside for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    pub user: UserId,
    pub amount: Won,
    /// How much of it is earned money.
    pub earned: Won,
    pub state: HoldState,
    /// The reason of the movement that ended it.
    pub ended_by: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    Held,
    Captured,
    Released,
}

/// What a withdrawal must agree with the ledger about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawalFacts {
    pub user: UserId,
    pub amount: Won,
    pub state: withdrawal::State,
}

/// Everything that is written down, each row with the name that its key gives it.
#[derive(Clone, Debug, Default)]
pub struct Books {
    pub entries: Vec<(String, JournalEntry)>,
    pub wallets: Vec<(UserId, Kept)>,
    pub escrows: Vec<(TradeId, i64)>,
    pub debts: Vec<Debt>,
    pub holds: Vec<(String, HoldRow)>,
    pub lines: Vec<(UserId, WalletLine)>,
    pub withdrawals: Vec<(WithdrawalId, WithdrawalFacts)>,
    /// Rows that do not read as what they should be, each with why.
    pub unreadable: Vec<String>,
}

impl JournalEntry {
    /// The record of a movement.
    #[must_use]
    pub fn of(movement: &Movement, at: Instant) -> Self {
        let reason = movement.reason().to_owned();
        let kind = movement.kind();
        let postings = movement.postings().to_vec();
        let checksum = checksum(&reason, kind, at, &postings);
        Self { reason, kind, at, postings, checksum }
    }

    /// The checksum that the content calls for.
    #[must_use]
    pub fn expected_checksum(&self) -> Hash {
        checksum(&self.reason, self.kind, self.at, &self.postings)
    }

    /// What it does to one account; 0 when it does not touch it.
    #[must_use]
    pub fn change_of(&self, account: Account) -> i64 {
        let mut of = self.postings.iter().filter(|posting| posting.account == account);
        of.next().map_or(0, |posting| posting.amount)
    }

    /// The users whose wallet it changes, each once.
    #[must_use]
    pub fn users(&self) -> Vec<UserId> {
        let mut users: Vec<UserId> =
            self.postings.iter().filter_map(|posting| posting.account.user()).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// The line it leaves in a user's history.
    #[must_use]
    pub fn line_of(&self, user: UserId) -> WalletLine {
        WalletLine {
            reason: self.reason.clone(),
            kind: self.kind,
            at: self.at,
            spend_only: self.change_of(Account::SpendOnly(user)),
            earned: self.change_of(Account::Earned(user)),
            held: self.change_of(Account::Held(user)),
            penalty: self.change_of(Account::Penalty(user)),
        }
    }
}

/// Reasons hold no `|` (see [`Movement::new`]), so no two contents share a text.
fn checksum(reason: &str, kind: MovementKind, at: Instant, postings: &[Posting]) -> Hash {
    let lines = postings.iter().map(|posting| format!("{}={}", posting.account, posting.amount));
    let lines = lines.collect::<Vec<_>>().join("|");
    Hash::of(&[format!("jangteo-journal/1|{reason}|{}|{at}|{lines}", kind.as_str()).as_bytes()])
}

impl HoldState {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Captured => "captured",
            Self::Released => "released",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Held, Self::Captured, Self::Released];
        all.into_iter().find(|state| state.as_str() == text)
    }
}
