//! Search by part of a text, in any script: what is compared, and what an index keeps.
//!
//! Promises: whatever text contains a term has the term's [`Term::bigram`] among its
//! [`Text::bigrams`]; no character of a term means anything but itself.

use std::{collections::BTreeSet, str::FromStr};

/// A term has this many letters, at least: what two letters share is what is looked up.
pub const TERM_CHARS_MIN: usize = 2;
pub const TERM_CHARS_MAX: usize = 50;

/// Keeps the parts of a text apart: no part and no term holds a line break once it is folded.
const BETWEEN: char = '\n';

/// Lower case, blanks at the ends dropped, every run of blanks one space.
#[must_use]
pub fn normalised(raw: &str) -> String {
    let words: Vec<&str> = raw.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// What can be found: some parts (names, a model number), normalised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// The parts stay apart: nothing is found across two of them.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let parts: Vec<String> = parts.iter().map(|part| normalised(part)).collect();
        Self(parts.join(&BETWEEN.to_string()))
    }

    /// A text as [`Text::as_str`] wrote it.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn contains(&self, term: &Term) -> bool {
        self.0.contains(&term.0)
    }

    /// Every two neighbouring letters of a part, blanks included, each once.
    #[must_use]
    pub fn bigrams(&self) -> BTreeSet<String> {
        self.0.split(BETWEEN).flat_map(bigrams).collect()
    }
}

/// What is looked for: 2 to 50 letters, normalised.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term(String);

/// A text that is too short or too long to be looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a search must have {TERM_CHARS_MIN} to {TERM_CHARS_MAX} characters")]
pub struct InvalidTerm;

impl Term {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first two letters: where an index is entered.
    #[must_use]
    pub fn bigram(&self) -> String {
        self.0.chars().take(2).collect()
    }
}

impl FromStr for Term {
    type Err = InvalidTerm;
    fn from_str(raw: &str) -> Result<Self, InvalidTerm> {
        let term = normalised(raw);
        let length = term.chars().take(TERM_CHARS_MAX + 1).count();
        if (TERM_CHARS_MIN..=TERM_CHARS_MAX).contains(&length) {
            Ok(Self(term))
        } else {
            Err(InvalidTerm)
        }
    }
}

fn bigrams(part: &str) -> impl Iterator<Item = String> {
    part.chars().zip(part.chars().skip(1)).map(|(first, second)| String::from_iter([first, second]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(raw: &str) -> Term {
        raw.parse().unwrap()
    }

    #[test]
    fn spellings_that_read_the_same_are_the_same() {
        for (raw, same) in [
            ("덩크 로우", "덩크 로우"),
            ("  덩크 \t\n 로우  ", "덩크 로우"),
            ("덩크\u{3000}로우", "덩크 로우"),
            ("Dunk LOW", "dunk low"),
            ("ÄÖ Ñ", "äö ñ"),
            ("100% Cotton_T", "100% cotton_t"),
            (" ", ""),
            ("", ""),
        ] {
            assert_eq!(normalised(raw), same, "{raw:?}");
        }
    }

    #[test]
    fn a_text_has_its_pairs_of_letters_once() {
        for (text, pairs) in [
            ("", vec![]),
            ("a", vec![]),
            ("덩크", vec!["덩크"]),
            ("AbaB", vec!["ab", "ba"]),
            ("덩크 로우", vec!["덩크", "크 ", " 로", "로우"]),
            ("a_%b", vec!["a_", "_%", "%b"]),
            ("👟👟👟", vec!["👟👟"]),
        ] {
            let due: BTreeSet<String> = pairs.into_iter().map(str::to_owned).collect();
            assert_eq!(Text::of(&[text]).bigrams(), due, "{text}");
        }
        let parts = Text::of(&["ab", "cd"]).bigrams();
        assert_eq!(parts.into_iter().collect::<Vec<_>>(), ["ab", "cd"], "none across two parts");
    }

    #[test]
    fn finds_every_part_of_a_text_and_nothing_else() {
        let shoe = Text::of(&["나이키 덩크 로우 레트로", "Nike Dunk Low Retro", "DD1391-100"]);
        for (raw, found) in [
            ("덩크", true),
            ("크 로", true),
            ("크로", false),
            ("나이키", true),
            ("트로", true),
            ("dunk low", true),
            ("DUNK  LOW", true),
            ("nk du", false),
            ("ke du", true),
            ("dd1391-100", true),
            ("1-10", true),
            ("조던", false),
            ("레트로 nike", false),
            ("레트로\nnike", false),
        ] {
            assert_eq!(shoe.contains(&term(raw)), found, "{raw}");
            if found {
                assert!(shoe.bigrams().contains(&term(raw).bigram()), "{raw}");
            }
        }
    }

    #[test]
    fn signs_of_other_search_languages_mean_themselves() {
        let (percent, plain) = (Text::of(&["100% 면_티"]), Text::of(&["100 면 티셔츠 100x"]));
        for raw in ["0%", "00%", "면_", "_티", "% 면_"] {
            assert!(percent.contains(&term(raw)), "{raw}");
            assert!(!plain.contains(&term(raw)), "{raw}");
        }
        for raw in ["%%", "__", "1%면", ".*", "[a-z]", "a\\", "덩크*"] {
            assert!(!percent.contains(&term(raw)) && !plain.contains(&term(raw)), "{raw}");
        }
    }

    #[test]
    fn a_term_has_two_to_fifty_letters() {
        let (longest, longer) = ("가".repeat(50), "가".repeat(51));
        for good in ["ab", "덩크", "👟!", " a b ", "%_", &longest] {
            assert_eq!(term(good).as_str(), good.trim());
        }
        for bad in ["", " ", "a", "가", " a ", "\t가\n", "👟", &longer, &"a".repeat(100_000)] {
            assert_eq!(bad.parse::<Term>(), Err(InvalidTerm), "{bad:.60}");
        }
        assert_eq!(term("덩크 로우").bigram(), "덩크");
    }

    #[test]
    fn a_stored_text_is_the_text() {
        let text = Text::of(&["덩크", "Dunk", "DD-1"]);
        assert_eq!(Text::stored(text.as_str().to_owned()), text);
    }
}
