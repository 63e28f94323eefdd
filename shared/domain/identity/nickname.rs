//! What others see of an account.

use std::{fmt, ops::RangeInclusive, str::FromStr};

/// One to twenty characters that print as they are: trimmed, no control, invisible or
/// direction-changing characters, no character that hangs on another (one look, one spelling).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nickname(String);

/// A text that is not such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a nickname must be 1 to 20 visible characters")]
pub struct InvalidNickname;

const CHARS_MAX: usize = 20;

const ADJECTIVES: [&str; 16] = [
    "용감한",
    "느긋한",
    "다정한",
    "씩씩한",
    "반짝이는",
    "조용한",
    "영리한",
    "포근한",
    "상냥한",
    "부지런한",
    "행복한",
    "당당한",
    "명랑한",
    "날쌘",
    "든든한",
    "수줍은",
];
const ANIMALS: [&str; 16] = [
    "고양이",
    "강아지",
    "호랑이",
    "다람쥐",
    "고라니",
    "수달",
    "여우",
    "토끼",
    "판다",
    "부엉이",
    "돌고래",
    "사슴",
    "오소리",
    "두루미",
    "참새",
    "거북이",
];

/// Fillers, joiners, direction and variation marks, specials, tags.
const INVISIBLE: &[RangeInclusive<char>] = &[
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{ffff}',
    '\u{e0000}'..='\u{e0fff}',
];
/// Decomposed Hangul and hanging accents: the composed letter looks the same.
const HANGING: &[RangeInclusive<char>] = &[
    '\u{300}'..='\u{36f}',
    '\u{1100}'..='\u{11ff}',
    '\u{20d0}'..='\u{20ff}',
    '\u{3099}'..='\u{309a}',
    '\u{a960}'..='\u{a97f}',
    '\u{d7b0}'..='\u{d7ff}',
];

impl Nickname {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name for who gave none, like `용감한 고양이_1f3a9c02`; the same bytes, the same name.
    #[must_use]
    pub fn generate(random: [u8; 16]) -> Self {
        let [first, second, a, b, c, d, ..] = random;
        let pick = |words: &'static [&'static str; 16], byte: u8| {
            words.get(usize::from(byte % 16)).copied().unwrap_or_default()
        };
        let number = u32::from_be_bytes([a, b, c, d]);
        Self(format!("{} {}_{number:08x}", pick(&ADJECTIVES, first), pick(&ANIMALS, second)))
    }
}

impl FromStr for Nickname {
    type Err = InvalidNickname;
    fn from_str(text: &str) -> Result<Self, InvalidNickname> {
        let name = text.trim();
        let length = name.chars().take(CHARS_MAX + 1).count();
        if (1..=CHARS_MAX).contains(&length) && name.chars().all(prints_as_it_is) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidNickname)
        }
    }
}

impl fmt::Display for Nickname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a letter shows, alone and as nothing else; a blank is a space.
pub(crate) fn prints_as_it_is(c: char) -> bool {
    let within = |ranges: &[RangeInclusive<char>]| ranges.iter().any(|range| range.contains(&c));
    let blank = c.is_whitespace() && c != ' ';
    !(c.is_control() || blank || within(INVISIBLE) || within(HANGING))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_keeps() {
        for (text, name) in [
            ("민지", "민지"),
            ("  민지 ", "민지"),
            ("Min Ji", "Min Ji"),
            ("é", "é"),
            ("고양이🐈", "고양이🐈"),
            (
                "가나다라마바사아자차카타파하가나다라마바",
                "가나다라마바사아자차카타파하가나다라마바",
            ),
        ] {
            assert_eq!(text.parse::<Nickname>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn names_one_that_gave_none() {
        let of = |first: u8, second: u8| {
            let mut random = [0; 16];
            random[..6].copy_from_slice(&[first, second, 0x1f, 0x3a, 0x9c, 2]);
            Nickname::generate(random)
        };
        let all: Vec<_> = (0..16).map(|byte| of(byte, byte)).collect();
        for (n, byte) in (0..16).zip(0_u8..) {
            assert_eq!(all[n].as_str().parse(), Ok(all[n].clone()));
            assert!(all[n].as_str().ends_with("_1f3a9c02"), "{}", all[n].as_str());
            assert_eq!(of(byte + 16, byte + 240), all[n]);
            assert!(!all[..n].contains(&all[n]), "{}", all[n].as_str());
        }
    }

    #[test]
    fn refuses_what_does_not_print_as_it_is() {
        let long = "가".repeat(21);
        let huge = "a".repeat(200_000);
        for bad in [
            "",
            " ",
            "\t",
            "\u{3000}",
            "a\0b",
            "a\nb",
            "a\tb",
            "\u{7f}",
            "a\u{200b}b",
            "a\u{202e}b",
            "\u{fffd}",
            "\u{feff}a",
            "\u{3164}",
            "e\u{301}",
            "\u{1106}\u{1175}\u{11ab}",
            "a\u{a0}b",
            &long,
            &huge,
        ] {
            assert_eq!(bad.parse::<Nickname>(), Err(InvalidNickname), "{bad:.40?}");
        }
    }

    #[test]
    fn every_generated_name_is_a_nickname() {
        for first in 0..=255 {
            let name = Nickname::generate([
                first,
                first / 16,
                0xff,
                0,
                0xab,
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
            ]);
            assert_eq!(name.as_str().parse(), Ok(name.clone()));
            assert!(name.as_str().ends_with("_ff00ab01"), "{name}");
        }
    }
}
