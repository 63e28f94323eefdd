//! Korean mobile numbers.

use std::{fmt, str::FromStr};

/// `01[016-9]` and seven or eight digits, without separators.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// A text that is not such a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a phone number must be Korean mobile, like 010-1234-5678")]
pub struct InvalidPhone;

/// More separators than any way of writing a number has.
const TEXT_CHARS_MAX: usize = 20;

impl Phone {
    /// The digits, like `01012345678`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Phone {
    type Err = InvalidPhone;
    fn from_str(text: &str) -> Result<Self, InvalidPhone> {
        if text.len() > TEXT_CHARS_MAX {
            return Err(InvalidPhone);
        }
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        let network = matches!(digits.as_bytes(), [b'0', b'1', b'0' | b'1' | b'6'..=b'9', ..]);
        let length = matches!(digits.len(), 10 | 11);
        if network && length && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(digits))
        } else {
            Err(InvalidPhone)
        }
    }
}

/// Logs must not hold numbers.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_hyphens_and_spaces() {
        for (text, digits) in [
            ("01012345678", "01012345678"),
            ("010-1234-5678", "01012345678"),
            ("010 1234 5678", "01012345678"),
            (" 010-1234-5678 ", "01012345678"),
            ("011-123-4567", "0111234567"),
            ("016-1234-5678", "01612345678"),
            ("019 123 4567", "0191234567"),
            ("0-1-0 1-2-3-4 5-6-78", "01012345678"),
        ] {
            assert_eq!(text.parse::<Phone>().unwrap().as_str(), digits);
        }
    }

    #[test]
    fn refuses_everything_else() {
        let huge = "0".repeat(200_000);
        for bad in [
            "",
            " ",
            "-",
            "010",
            "010-123-456",
            "0-1-0 1-2-3-4 5-6-7-8",
            "010-1234-56789",
            "012-1234-5678",
            "013-1234-5678",
            "014-1234-5678",
            "015-1234-5678",
            "02-1234-5678",
            "+82-10-1234-5678",
            "010.1234.5678",
            "010\t1234\t5678",
            "010-1234-567a",
            "０１０12345678",
            "٠١٠12345678",
            "010-1234-5678\0",
            "010 - - - - - - 1234 5678",
            &huge,
        ] {
            assert_eq!(bad.parse::<Phone>(), Err(InvalidPhone), "{bad:.80}");
        }
    }
}
