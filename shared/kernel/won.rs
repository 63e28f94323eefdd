//! Money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whole Korean won, `0 ..= 1_000_000_000_000` (`rules.md`, opening paragraph).
///
/// Arithmetic is checked: there is no way to leave the range silently.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "i64", into = "i64")]
pub struct Won(i64);

/// An amount outside `0 ..= 1_000_000_000_000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount must be a whole number of won from 0 to 1000000000000")]
pub struct InvalidWon;

impl Won {
    pub const ZERO: Self = Self(0);
    pub const MAX: Self = Self(1_000_000_000_000);

    /// For constants; fails to compile when out of range.
    #[must_use]
    pub const fn constant(amount: i64) -> Self {
        assert!(amount >= 0 && amount <= Self::MAX.0, "out of range");
        Self(amount)
    }

    pub const fn new(amount: i64) -> Result<Self, InvalidWon> {
        if amount >= 0 && amount <= Self::MAX.0 { Ok(Self(amount)) } else { Err(InvalidWon) }
    }

    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// `None` when the sum would exceed [`Won::MAX`].
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(|sum| Self::new(sum).ok())
    }

    /// The sum, held at [`Won::MAX`].
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        self.checked_add(other).unwrap_or(Self::MAX)
    }

    /// `None` for nothing: what a row need not say.
    #[must_use]
    pub fn some(self) -> Option<Self> {
        (self > Self::ZERO).then_some(self)
    }

    /// `None` when the difference would be negative.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(|rest| Self::new(rest).ok())
    }
}

impl TryFrom<i64> for Won {
    type Error = InvalidWon;
    fn try_from(amount: i64) -> Result<Self, InvalidWon> {
        Self::new(amount)
    }
}

impl From<Won> for i64 {
    fn from(won: Won) -> Self {
        won.0
    }
}

impl fmt::Display for Won {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_in_range() {
        assert_eq!(Won::new(-1), Err(InvalidWon));
        assert_eq!(Won::new(1_000_000_000_001), Err(InvalidWon));
        assert_eq!(Won::MAX.checked_add(Won::constant(1)), None);
        assert_eq!(Won::MAX.saturating_add(Won::MAX), Won::MAX);
        assert_eq!(Won::ZERO.checked_sub(Won::constant(1)), None);
        assert_eq!(Won::constant(3).checked_add(Won::constant(4)), Some(Won::constant(7)));
    }
}
