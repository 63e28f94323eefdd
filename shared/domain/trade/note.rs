//! What a buyer asks of whoever brings the goods.

use std::{fmt, str::FromStr};

use crate::identity::prints_as_it_is;

/// 1 to 100 characters in one line that print as they are, trimmed, like "문 앞에 놓아 주세요".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryNote(String);

/// A text that is not such a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a delivery note must be one line of 1 to 100 visible characters")]
pub struct InvalidNote;

const CHARS_MAX: usize = 100;

impl DeliveryNote {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryNote {
    type Err = InvalidNote;
    fn from_str(text: &str) -> Result<Self, InvalidNote> {
        let note = text.trim();
        let length = note.chars().take(CHARS_MAX + 1).count();
        let fits = (1..=CHARS_MAX).contains(&length) && note.chars().all(prints_as_it_is);
        fits.then(|| Self(note.to_owned())).ok_or(InvalidNote)
    }
}

impl fmt::Display for DeliveryNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_that_prints_as_it_is() {
        let long = "가".repeat(100);
        for (text, note) in [
            ("문 앞에 놓아 주세요", "문 앞에 놓아 주세요"),
            ("  경비실 🙂 ", "경비실 🙂"),
            ("x", "x"),
            (&*long, &*long),
        ] {
            assert_eq!(text.parse::<DeliveryNote>().unwrap().as_str(), note);
        }
        let longer = "가".repeat(101);
        for text in
            ["", " ", "\n", "a\nb", "a\u{0}", "\u{200b}", "a\u{202e}b", "\u{1112}\u{1161}", &longer]
        {
            assert_eq!(text.parse::<DeliveryNote>(), Err(InvalidNote), "{text:?}");
        }
    }
}
