//! What a side of a dispute says.

use std::{fmt, str::FromStr};

use crate::identity::prints_as_it_is;

/// 1 to 1,000 characters that print as they are, trimmed; it may have several lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatementText(String);

/// A text that is not such a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a statement must have 1 to 1,000 visible characters")]
pub struct InvalidStatement;

const CHARS_MAX: usize = 1_000;

impl StatementText {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StatementText {
    type Err = InvalidStatement;
    fn from_str(text: &str) -> Result<Self, InvalidStatement> {
        let text = text.trim().replace("\r\n", "\n");
        let length = text.chars().take(CHARS_MAX + 1).count();
        let prints = |letter| letter == '\n' || prints_as_it_is(letter);
        let fits = (1..=CHARS_MAX).contains(&length) && text.chars().all(prints);
        fits.then_some(Self(text)).ok_or(InvalidStatement)
    }
}

impl fmt::Display for StatementText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_print_as_they_are() {
        let long = "가".repeat(1_000);
        for (text, statement) in [
            ("상자가 비어 있습니다", "상자가 비어 있습니다"),
            (" 첫 줄\r\n둘째 줄\n", "첫 줄\n둘째 줄"),
            ("🙂", "🙂"),
            (&*long, &*long),
        ] {
            assert_eq!(text.parse::<StatementText>().unwrap().as_str(), statement);
        }
        let longer = "가".repeat(1_001);
        for text in ["", " \n ", "a\u{0}b", "a\tb", "a\u{202e}b", "\u{200b}", &longer] {
            assert_eq!(text.parse::<StatementText>(), Err(InvalidStatement), "{text:?}");
        }
    }
}
