//! Where money can be, and one side of its way.

use std::fmt;

use kernel::{TradeId, UserId};

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
    /// What a seller owes for penalties that could not be taken. Never positive.
    Penalty(UserId),
    /// What is still to be collected of a cancelled trade's penalty, for whom it injured. Never
    /// negative.
    Claim(TradeId),
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
            Self::Claim(_) => "claim",
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
            | Self::Claim(_)
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
            | Self::Claim(_)
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
            Self::Claim(trade) => write!(f, "claim#{trade}"),
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
            Some(("claim", id)) => Ok(Self::Claim(id.parse().map_err(|_| unknown())?)),
            None if text == "revenue" => Ok(Self::Revenue),
            None if text == "provider" => Ok(Self::Provider),
            None if text == "payout" => Ok(Self::Payout),
            None if text == "coupon-subsidy" => Ok(Self::CouponSubsidy),
            _ => Err(unknown()),
        }
    }
}
