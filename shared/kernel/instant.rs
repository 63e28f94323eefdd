//! Points and lengths of time, in whole milliseconds.

use std::{
    fmt,
    ops::{Add, Sub},
    str::FromStr,
};

use jiff::{Timestamp, tz::Offset};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A UTC instant with millisecond precision; `2026-11-21T09:00:00.000Z` on the wire, always 24
/// characters, so that text order is time order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

/// A text that is not an RFC 3339 instant between the years 1970 and 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an instant must be RFC 3339, like 2026-11-21T09:00:00.000Z")]
pub struct InvalidInstant;

/// The last millisecond that a time zone can still be applied to.
const LAST_MS: i64 = 253_402_207_200_999;

impl Instant {
    /// Milliseconds since 1970, held to the years 1970–9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(0, LAST_MS))
    }

    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970: what DynamoDB's TTL and JWT's `exp` want.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// `self - earlier`, zero when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Span {
        Span::millis((self.0 - earlier.0).max(0))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or_default()
    }
}

/// The calendar day in Seoul, `2026-11-21`: the day boundary of every daily rule.
#[must_use]
pub fn seoul_day(instant: Instant) -> String {
    Offset::constant(9).to_datetime(instant.timestamp()).date().to_string()
}

/// The beginning of the Seoul day that holds `instant`.
#[must_use]
pub fn seoul_midnight(instant: Instant) -> Instant {
    const DAY_MS: i64 = 86_400_000;
    const OFFSET_MS: i64 = 9 * 3_600_000;
    // One offset, as in [`seoul_day`].
    Instant::from_millis((instant.0 + OFFSET_MS).div_euclid(DAY_MS) * DAY_MS - OFFSET_MS)
}

impl Add<Span> for Instant {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self::from_millis(self.0.saturating_add(span.0))
    }
}

impl Sub<Span> for Instant {
    type Output = Self;
    fn sub(self, span: Span) -> Self {
        Self::from_millis(self.0.saturating_sub(span.0))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

impl FromStr for Instant {
    type Err = InvalidInstant;
    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        let millis = text.parse::<Timestamp>().map_err(|_| InvalidInstant)?.as_millisecond();
        if (0..=LAST_MS).contains(&millis) { Ok(Self(millis)) } else { Err(InvalidInstant) }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// A length of time, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(i64);

impl Span {
    #[must_use]
    pub const fn millis(millis: i64) -> Self {
        Self(if millis < 0 { 0 } else { millis })
    }
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self::millis(seconds * 1_000)
    }
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self::seconds(minutes * 60)
    }
    #[must_use]
    pub const fn hours(hours: i64) -> Self {
        Self::minutes(hours * 60)
    }
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }
    /// Rounded up, so that a wait of this many seconds is never too short.
    #[must_use]
    pub const fn as_seconds_ceil(self) -> i64 {
        (self.0 + 999) / 1_000
    }
    #[must_use]
    pub fn std(self) -> std::time::Duration {
        std::time::Duration::from_millis(self.0.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_fixed_width_and_round_trips() {
        for text in
            ["1970-01-01T00:00:00.000Z", "2026-11-21T09:00:00.120Z", "9999-12-30T21:59:59.999Z"]
        {
            let instant: Instant = text.parse().unwrap();
            assert_eq!(instant.to_string(), text);
        }
        assert_eq!(
            "2026-11-21T18:00:00+09:00".parse::<Instant>().unwrap().to_string(),
            "2026-11-21T09:00:00.000Z"
        );
    }

    #[test]
    fn refuses_what_is_no_instant() {
        for text in
            ["", "now", "2026-11-21", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "12345"]
        {
            assert_eq!(text.parse::<Instant>(), Err(InvalidInstant), "{text}");
        }
    }

    #[test]
    fn a_seoul_day_begins_at_15_utc() {
        assert_eq!(seoul_day("2026-11-21T14:59:59.999Z".parse().unwrap()), "2026-11-21");
        assert_eq!(seoul_day("2026-11-21T15:00:00.000Z".parse().unwrap()), "2026-11-22");
    }
}
