//! The texts of an item: names, model number, tags.

use std::{fmt, str::FromStr};

/// 1 to 100 characters, trimmed, none of them a control character.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemName(String);

/// A text that is not such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name must have 1 to {NAME_CHARS_MAX} characters and no control characters")]
pub struct InvalidItemName;

/// A manufacturer's number: 1 to 40 of `A–Z a–z 0–9 - / .` and space, trimmed. At most one item
/// has it, however it is spelled.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model(String);

/// A text that is not such a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a model number must be 1 to {MODEL_CHARS_MAX} of A-Z a-z 0-9 - / . and space")]
pub struct InvalidModel;

/// A word that groups items: 1 to 20 characters, trimmed, lower case. It stands in paths, so it
/// holds no slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// A text that is not such a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tag must have 1 to {TAG_CHARS_MAX} characters, no slash and no control characters")]
pub struct InvalidTag;

const NAME_CHARS_MAX: usize = 100;
const MODEL_CHARS_MAX: usize = 40;
const TAG_CHARS_MAX: usize = 20;

impl ItemName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ItemName {
    type Err = InvalidItemName;
    fn from_str(raw: &str) -> Result<Self, InvalidItemName> {
        let name = raw.trim();
        if fits(name, NAME_CHARS_MAX) { Ok(Self(name.to_owned())) } else { Err(InvalidItemName) }
    }
}

impl Model {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one spelling under which the number is held: `DD1391` and `dd1391` are the same.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl FromStr for Model {
    type Err = InvalidModel;
    fn from_str(raw: &str) -> Result<Self, InvalidModel> {
        let model = raw.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.' | ' ');
        if fits(model, MODEL_CHARS_MAX) && model.chars().all(plain) {
            Ok(Self(model.to_owned()))
        } else {
            Err(InvalidModel)
        }
    }
}

impl Tag {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tag {
    type Err = InvalidTag;
    fn from_str(raw: &str) -> Result<Self, InvalidTag> {
        let tag = raw.trim().to_lowercase();
        // Clients resolve dots in a path before they send it.
        let dots = matches!(tag.as_str(), "." | "..");
        if fits(&tag, TAG_CHARS_MAX) && !tag.contains('/') && !dots {
            Ok(Self(tag))
        } else {
            Err(InvalidTag)
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn fits(text: &str, chars_max: usize) -> bool {
    let length = text.chars().take(chars_max.saturating_add(1)).count();
    (1..=chars_max).contains(&length) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let (longest, longer) = ("가".repeat(100), "가".repeat(101));
        for good in ["덩크", "  Nike Dunk Low ", "100% 면_티", "👟", "a", &longest] {
            assert_eq!(good.parse::<ItemName>().unwrap().as_str(), good.trim());
        }
        for bad in ["", " ", "\t\n", "a\0b", "a\nb", "\u{7f}", "a\u{85}b", &longer] {
            assert_eq!(bad.parse::<ItemName>(), Err(InvalidItemName), "{bad:?}");
        }
    }

    #[test]
    fn model_numbers() {
        let (longest, longer) = ("D".repeat(40), "D".repeat(41));
        for good in ["DD1391-100", " a ", "A/B.C d", "0", &longest] {
            assert_eq!(good.parse::<Model>().unwrap().as_str(), good.trim());
        }
        for bad in ["", "  ", "DD_1391", "덩크", "a\tb", "ａ", "DD#1", "a\0", &longer] {
            assert_eq!(bad.parse::<Model>(), Err(InvalidModel), "{bad:?}");
        }
        let canonical = |raw: &str| raw.parse::<Model>().unwrap().canonical();
        assert_eq!(canonical(" DD1391-100"), canonical("dd1391-100 "));
        assert_ne!(canonical("DD1391-100"), canonical("DD1391 100"));
    }

    #[test]
    fn tags() {
        let (longest, longer) = ("태".repeat(20), "태".repeat(21));
        for (raw, tag) in [
            (" 스니커즈 ", "스니커즈"),
            ("Sneaker", "sneaker"),
            ("RUNNING shoe", "running shoe"),
            ("#1", "#1"),
            (longest.as_str(), longest.as_str()),
        ] {
            assert_eq!(raw.parse::<Tag>().unwrap().as_str(), tag);
        }
        // The capital İ is two characters in lower case.
        let grows = "İ".repeat(11);
        for bad in ["", " ", "a\nb", "a/b", ".", "..", " .. ", "\0", &longer, &grows] {
            assert_eq!(bad.parse::<Tag>(), Err(InvalidTag), "{bad:?}");
        }
    }
}
