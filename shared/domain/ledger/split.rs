//! The two kinds of money (`rules.md`, "Wallet and ledger"): what may only be spent, and what was
//! earned and may leave.

use kernel::{Span, UserId, Won};

use super::account::{Account, Posting};

/// An amount of one user's money by kind, won.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Top-ups, and whatever comes out of such money or a card's.
    pub spend_only: Won,
    /// Settlements, and what is collected out of earned money.
    pub earned: Won,
}

impl Split {
    pub const ZERO: Self = Self { spend_only: Won::ZERO, earned: Won::ZERO };

    #[must_use]
    pub const fn spend_only(amount: Won) -> Self {
        Self { spend_only: amount, earned: Won::ZERO }
    }

    #[must_use]
    pub const fn earned(amount: Won) -> Self {
        Self { spend_only: Won::ZERO, earned: amount }
    }

    /// `total` won, of which `earned` at most are earned.
    #[must_use]
    pub fn of(total: Won, earned: Won) -> Self {
        let earned = earned.min(total);
        Self { spend_only: total.checked_sub(earned).unwrap_or_default(), earned }
    }

    #[must_use]
    pub fn total(self) -> Won {
        self.spend_only.saturating_add(self.earned)
    }

    /// `amount` of it, spend-only first; `None`: there is not so much.
    #[must_use]
    pub fn take(self, amount: Won) -> Option<Self> {
        let spend_only = self.spend_only.min(amount);
        let earned = amount.checked_sub(spend_only)?;
        (earned <= self.earned).then_some(Self { spend_only, earned })
    }

    /// Up to `amount` of it, spend-only first.
    #[must_use]
    pub fn take_up_to(self, amount: Won) -> Self {
        self.take(amount).unwrap_or(self)
    }

    /// What is left of it without `part`.
    #[must_use]
    pub fn without(self, part: Self) -> Self {
        let less = |whole: Won, part| whole.checked_sub(part).unwrap_or_default();
        Self {
            spend_only: less(self.spend_only, part.spend_only),
            earned: less(self.earned, part.earned),
        }
    }

    #[must_use]
    pub fn with(self, more: Self) -> Self {
        Self {
            spend_only: self.spend_only.saturating_add(more.spend_only),
            earned: self.earned.saturating_add(more.earned),
        }
    }

    /// Into the free money of `user`; nothing of a kind of which there is nothing.
    pub fn into(self, user: UserId) -> impl Iterator<Item = Posting> {
        self.postings(user, 1)
    }

    /// Out of the free money of `user`.
    pub fn out_of(self, user: UserId) -> impl Iterator<Item = Posting> {
        self.postings(user, -1)
    }

    fn postings(self, user: UserId, sign: i64) -> impl Iterator<Item = Posting> {
        let postings = [
            Posting { account: Account::SpendOnly(user), amount: sign * self.spend_only.get() },
            Posting { account: Account::Earned(user), amount: sign * self.earned.get() },
        ];
        postings.into_iter().filter(|posting| posting.amount != 0)
    }
}

/// Money that came from another account out of spend-only money or a card: it may not leave before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lock {
    pub user: UserId,
    pub money: Split,
}

/// How long it may not (`rules.md`, "Wallet and ledger").
pub const LOCKED_FOR: Span = Span::days(7);
