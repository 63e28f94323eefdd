//! Movements: balanced postings under a unique reason.

use kernel::{UserId, Won};

use super::{
    account::{Account, Posting},
    split::{Lock, Split},
};

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
