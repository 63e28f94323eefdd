//! Double-entry bookkeeping (`rules.md`, "Wallet and ledger").
//!
//! Money exists only as postings. A movement's postings sum to zero, so money is neither made nor
//! lost; its reason is unique, so doing it again does nothing.

mod account;
mod audit;
mod audit_user;
mod books;
mod debt;
mod movement;
mod split;
#[cfg(test)]
mod tests;

pub use account::{Account, Posting, UnknownAccount};
pub use audit::{Audit, Difference, audit};
pub use audit_user::UserAudit;
pub use books::{
    Balance, Books, HoldRow, HoldState, JournalEntry, Kept, WalletLine, WithdrawalFacts,
};
pub use debt::{Collection, Debt};
pub use movement::{Between, Movement, MovementError, MovementKind};
pub use split::{LOCKED_FOR, Lock, Split};

/// What the reason of a change of a hold begins with; the hold's subject follows, and a cause after
/// the last `#`.
pub const REHOLD: &str = "rehold#";
