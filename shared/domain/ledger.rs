//! Double-entry bookkeeping (`rules.md`, "Wallet and ledger").
//!
//! Money exists only as postings. A movement's postings sum to zero, so money is neither made nor
//! lost; its reason is unique, so doing it again does nothing.

mod audit;
mod audit_user;
mod books;
mod split;
#[cfg(test)]
mod tests;

use std::fmt;

use kernel::{TradeId, UserId, Won};

pub use audit::{Audit, Difference, audit};
pub use audit_user::UserAudit;
pub use books::{
    Balance, Books, HoldRow, HoldState, JournalEntry, Kept, WalletLine, WithdrawalFacts,
};
pub use split::{LOCKED_FOR, Lock, Split};

/// What the reason of a change of a hold begins with; the hold's subject follows, and a cause after
/// the last `#`.
pub const REHOLD: &str = "rehold#";

/// Where money can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Free to spend, and to go back to where it was topped up from. Never negative.
    SpendOnly(UserId),
    /// Free to spend or withdraw. Never negative.
    Earned(UserId),
    /// Set aside for exactly one order, trade or withdrawal. Never negative.
    Held(UserId),
    /// Paid by the buyer and not yet the seller's. Never negative, zero once the trade is over.
    Escrow(TradeId),
    /// What a seller owes for a penalty that the platform has advanced. Never positive.
    Penalty(UserId),
    /// Fees earned.
    Revenue,
    /// What providers owe us for payments taken (negative: they hold money for us).
    Provider,
    /// Paid out to banks.
    Payout,
    /// Discounts the platform pays for.
    CouponSubsidy,
}

/// One side of a movement; won, signed: positive is into the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    pub amount: i64,
}

/// What a movement is for: what a user reads in the wallet's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MovementKind {
    TopUp,
    Hold,
    Release,
    TradePayment,
    Settlement,
    Refund,
    Penalty,
    PenaltyRepaid,
    Withdrawal,
    PaymentCancelled,
    /// Spend-only money that may leave from now on.
    Matured,
}

/// Whose money goes where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    pub from: Account,
    pub to: Account,
}

/// A balanced set of postings under a unique reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movement {
    reason: String,
    kind: MovementKind,
    postings: Vec<Posting>,
    lock: Option<Lock>,
}

/// Postings that are no movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MovementError {
    #[error("the postings do not sum to zero")]
    Unbalanced,
    #[error("a movement has 2 to 8 postings, each not zero and within the limit, an account once")]
    Malformed,
    #[error("nothing but platform accounts: such an entry could vanish without a trace")]
    Untraceable,
    #[error("a reason has 1 to 200 visible ASCII characters and no |")]
    Reason,
}

/// More accounts than any movement touches.
const POSTINGS_MAX: usize = 8;
/// Well within the 1,024 bytes of a sort key.
const REASON_CHARS_MAX: usize = 200;

impl Movement {
    /// `reason` names the cause, like `top-up#<payment>`: the same cause moves money once.
    pub fn new(
        reason: String,
        kind: MovementKind,
        postings: Vec<Posting>,
    ) -> Result<Self, MovementError> {
        let sane = |posting: &Posting| {
            posting.amount != 0 && posting.amount.unsigned_abs() <= Won::MAX.get().unsigned_abs()
        };
        let mut accounts: Vec<Account> = postings.iter().map(|posting| posting.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let distinct = accounts.len() == postings.len();
        let sized = (2..=POSTINGS_MAX).contains(&postings.len());
        if !sized || !distinct || !postings.iter().all(sane) {
            return Err(MovementError::Malformed);
        }
        let visible = |byte: u8| byte.is_ascii_graphic() && byte != b'|';
        if !(1..=REASON_CHARS_MAX).contains(&reason.len()) || !reason.bytes().all(visible) {
            return Err(MovementError::Reason);
        }
        if !accounts.iter().any(|account| account.is_kept()) {
            return Err(MovementError::Untraceable);
        }
        // At most 8 × 10^12: no overflow.
        if postings.iter().map(|posting| posting.amount).sum::<i64>() != 0 {
            return Err(MovementError::Unbalanced);
        }
        Ok(Self { reason, kind, postings, lock: None })
    }

    /// `amount` from one account to another.
    pub fn transfer(
        reason: String,
        kind: MovementKind,
        amount: Won,
        accounts: Between,
    ) -> Result<Self, MovementError> {
        let postings = vec![
            Posting { account: accounts.from, amount: -amount.get() },
            Posting { account: accounts.to, amount: amount.get() },
        ];
        Self::new(reason, kind, postings)
    }

    /// The same, and so much of what it brings `user` may not leave for a while.
    #[must_use]
    pub fn locking(self, user: UserId, money: Split) -> Self {
        Self { lock: (money != Split::ZERO).then_some(Lock { user, money }), ..self }
    }

    #[must_use]
    pub const fn lock(&self) -> Option<Lock> {
        self.lock
    }

    /// What is held for `subject`, given back as it was.
    pub fn release(subject: &str, user: UserId, money: Split) -> Result<Self, MovementError> {
        let held = Posting { account: Account::Held(user), amount: -money.total().get() };
        let postings = money.into(user).chain([held]).collect();
        Self::new(format!("release#{subject}"), MovementKind::Release, postings)
    }

    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
    #[must_use]
    pub const fn kind(&self) -> MovementKind {
        self.kind
    }
    #[must_use]
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// The users whose wallet it changes, each once.
    #[must_use]
    pub fn users(&self) -> Vec<UserId> {
        let mut users: Vec<UserId> =
            self.postings.iter().filter_map(|p| p.account.user()).collect();
        users.sort_unstable();
        users.dedup();
        users
    }

    /// What it does to one account; 0 when it does not touch it.
    #[must_use]
    pub fn change_of(&self, account: Account) -> i64 {
        let mut of = self.postings.iter().filter(|posting| posting.account == account);
        of.next().map_or(0, |posting| posting.amount)
    }
}

impl Account {
    /// What the books are summed by.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::SpendOnly(_) => "spend-only",
            Self::Earned(_) => "earned",
            Self::Held(_) => "held",
            Self::Escrow(_) => "escrow",
            Self::Penalty(_) => "penalty",
            Self::Revenue => "revenue",
            Self::Provider => "provider",
            Self::Payout => "payout",
            Self::CouponSubsidy => "coupon-subsidy",
        }
    }

    /// Whose wallet it belongs to.
    #[must_use]
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::SpendOnly(user) | Self::Earned(user) | Self::Held(user) | Self::Penalty(user) => {
                Some(user)
            }
            Self::Escrow(_)
            | Self::Revenue
            | Self::Provider
            | Self::Payout
            | Self::CouponSubsidy => None,
        }
    }

    /// Accounts whose balance is kept in a row and guarded; the others are derived from entries,
    /// because one row for the whole platform would be a hot item.
    #[must_use]
    pub const fn is_kept(self) -> bool {
        match self {
            Self::SpendOnly(_)
            | Self::Earned(_)
            | Self::Held(_)
            | Self::Escrow(_)
            | Self::Penalty(_) => true,
            Self::Revenue | Self::Provider | Self::Payout | Self::CouponSubsidy => false,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SpendOnly(user) => write!(f, "spend-only#{user}"),
            Self::Earned(user) => write!(f, "earned#{user}"),
            Self::Held(user) => write!(f, "held#{user}"),
            Self::Escrow(trade) => write!(f, "escrow#{trade}"),
            Self::Penalty(user) => write!(f, "penalty#{user}"),
            Self::Revenue => f.write_str("revenue"),
            Self::Provider => f.write_str("provider"),
            Self::Payout => f.write_str("payout"),
            Self::CouponSubsidy => f.write_str("coupon-subsidy"),
        }
    }
}

/// A text that names no account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no account {0}")]
pub struct UnknownAccount(String);

impl std::str::FromStr for Account {
    type Err = UnknownAccount;
    fn from_str(text: &str) -> Result<Self, UnknownAccount> {
        let unknown = || UnknownAccount(text.to_owned());
        let user = |id: &str| id.parse().map_err(|_| unknown());
        match text.split_once('#') {
            Some(("spend-only", id)) => Ok(Self::SpendOnly(user(id)?)),
            Some(("earned", id)) => Ok(Self::Earned(user(id)?)),
            Some(("held", id)) => Ok(Self::Held(user(id)?)),
            Some(("penalty", id)) => Ok(Self::Penalty(user(id)?)),
            Some(("escrow", id)) => Ok(Self::Escrow(id.parse().map_err(|_| unknown())?)),
            None if text == "revenue" => Ok(Self::Revenue),
            None if text == "provider" => Ok(Self::Provider),
            None if text == "payout" => Ok(Self::Payout),
            None if text == "coupon-subsidy" => Ok(Self::CouponSubsidy),
            _ => Err(unknown()),
        }
    }
}

impl MovementKind {
    pub const ALL: &[Self] = &[
        Self::TopUp,
        Self::Hold,
        Self::Release,
        Self::TradePayment,
        Self::Settlement,
        Self::Refund,
        Self::Penalty,
        Self::PenaltyRepaid,
        Self::Withdrawal,
        Self::PaymentCancelled,
        Self::Matured,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top-up",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::TradePayment => "trade-payment",
            Self::Settlement => "settlement",
            Self::Refund => "refund",
            Self::Penalty => "penalty",
            Self::PenaltyRepaid => "penalty-repaid",
            Self::Withdrawal => "withdrawal",
            Self::PaymentCancelled => "payment-cancelled",
            Self::Matured => "matured",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}
