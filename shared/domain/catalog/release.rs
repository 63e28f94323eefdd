//! When an item came out, and for how much.

use std::{fmt, str::FromStr};

use kernel::Won;

/// A calendar date from 1900 on, `2026-11-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseDate {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is not such a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a date must be a day of the calendar from 1900 on, like 2026-11-21")]
pub struct InvalidReleaseDate;

/// Won, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleasePrice(Won);

/// A price of nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a release price must be at least 1 won")]
pub struct InvalidReleasePrice;

const YEAR_MIN: u16 = 1900;

impl FromStr for ReleaseDate {
    type Err = InvalidReleaseDate;
    fn from_str(text: &str) -> Result<Self, InvalidReleaseDate> {
        let (year, rest) = text.split_once('-').ok_or(InvalidReleaseDate)?;
        let (month, day) = rest.split_once('-').ok_or(InvalidReleaseDate)?;
        let year: u16 = digits(year, 4)?.try_into().map_err(|_| InvalidReleaseDate)?;
        let month: u8 = digits(month, 2)?.try_into().map_err(|_| InvalidReleaseDate)?;
        let day: u8 = digits(day, 2)?.try_into().map_err(|_| InvalidReleaseDate)?;
        if year >= YEAR_MIN && (1..=days_in(year, month)).contains(&day) {
            Ok(Self { year, month, day })
        } else {
            Err(InvalidReleaseDate)
        }
    }
}

fn digits(text: &str, length: usize) -> Result<u32, InvalidReleaseDate> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(InvalidReleaseDate)
}

/// 0 for a month that there is not.
const fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    }
}

impl fmt::Display for ReleaseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl ReleasePrice {
    #[must_use]
    pub const fn won(self) -> Won {
        self.0
    }
}

impl TryFrom<Won> for ReleasePrice {
    type Error = InvalidReleasePrice;
    fn try_from(won: Won) -> Result<Self, InvalidReleasePrice> {
        if won == Won::ZERO { Err(InvalidReleasePrice) } else { Ok(Self(won)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_calendar() {
        for good in ["1900-01-01", "2024-02-29", "2000-02-29", "2026-11-30", "9999-12-31"] {
            assert_eq!(good.parse::<ReleaseDate>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "today",
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "1899-12-31",
            "0000-01-01",
            "26-11-21",
            "2026-1-1",
            "2026-11-21T00:00:00Z",
            " 2026-11-21",
            "+026-11-21",
            "2026/11/21",
            "20261121",
            "２０２６-11-21",
            "10000-01-01",
            "99999999999-01-01",
        ] {
            assert_eq!(bad.parse::<ReleaseDate>(), Err(InvalidReleaseDate), "{bad}");
        }
    }

    #[test]
    fn a_price_is_at_least_a_won() {
        assert_eq!(ReleasePrice::try_from(Won::ZERO), Err(InvalidReleasePrice));
        for won in [Won::constant(1), Won::MAX] {
            assert_eq!(ReleasePrice::try_from(won).unwrap().won(), won);
        }
    }
}
