//! The sizes that a catalogue item comes in: a closed set.

use std::{fmt, str::FromStr};

/// A size, like `270` or `ONESIZE`. Item and option together are what is traded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemOption(u8);

/// A text that is no size of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an option must be XS to XXL, 220 to 300 in steps of 10, US5 to US12 or ONESIZE")]
pub struct UnknownOption;

const NAMES: [&str; 24] = [
    "XS", "S", "M", "L", "XL", "XXL", "220", "230", "240", "250", "260", "270", "280", "290",
    "300", "US5", "US6", "US7", "US8", "US9", "US10", "US11", "US12", "ONESIZE",
];

impl ItemOption {
    /// Every option, in the order in which shops list them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0_u8..).take(NAMES.len()).map(Self)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        // The index comes from `NAMES` alone.
        NAMES.get(usize::from(self.0)).copied().unwrap_or("ONESIZE")
    }
}

impl FromStr for ItemOption {
    type Err = UnknownOption;
    fn from_str(text: &str) -> Result<Self, UnknownOption> {
        Self::all().find(|option| option.as_str() == text).ok_or(UnknownOption)
    }
}

impl fmt::Display for ItemOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ItemOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling_and_no_other_members() {
        for option in ItemOption::all() {
            assert_eq!(option.to_string().parse(), Ok(option));
        }
        assert_eq!(ItemOption::all().count(), 24);
        for bad in ["", "xs", "3XL", "225", "310", "US4", "US13", "us5", "ONE SIZE", "270 "] {
            assert_eq!(bad.parse::<ItemOption>(), Err(UnknownOption), "{bad:?}");
        }
    }
}
