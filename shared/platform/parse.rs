//! From raw fields to domain types, at the edge, with a text that tells the client what is wrong.

use std::{fmt::Display, str::FromStr};

use kernel::Won;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::Problem;

const REASON_CHARS_MAX: usize = 200;

/// `#[serde(deserialize_with = "parse::text")]`: a string through the type's own `FromStr`.
pub fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

/// Like [`text`], for an optional field; add `#[serde(default)]`. `null` is absent.
pub fn maybe_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: Display,
{
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
}

/// An amount that is something, of the field `/amount`.
pub fn amount(amount: Won) -> Result<Won, Problem> {
    let amount = amount.some();
    amount.ok_or_else(|| Problem::field("/amount", "invalid", "The amount must be at least 1 won."))
}

/// A reason as somebody gave it, without the blanks around it: 1 to 200 characters, of the field
/// `/reason`.
pub fn reason(raw: &str) -> Result<&str, Problem> {
    let reason = raw.trim();
    if (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(reason);
    }
    Err(Problem::field("/reason", "invalid", "The reason must have 1 to 200 characters."))
}
