//! Passwords on their way to being hashed.

use std::{fmt, str::FromStr};

/// 8 to 20 characters, at least one letter (of any script) and one digit 0–9.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// A text that may not be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password must be 8 to 20 characters with at least one letter and one digit")]
pub struct InvalidPassword;

const CHARS_MIN: usize = 8;
const CHARS_MAX: usize = 20;

impl Password {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = InvalidPassword;
    fn from_str(text: &str) -> Result<Self, InvalidPassword> {
        let length = text.chars().take(CHARS_MAX + 1).count();
        let valid = (CHARS_MIN..=CHARS_MAX).contains(&length)
            && text.chars().any(char::is_alphabetic)
            && text.chars().any(|c| c.is_ascii_digit())
            && !text.chars().any(char::is_control);
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidPassword) }
    }
}

/// Logs must not hold passwords.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_length_a_letter_and_a_digit() {
        for good in
            ["abcdefg1", "1234567a", "비밀번호비밀번호1", "a b c d 1 !", "aaaaaaaaaaaaaaaaaaa1"]
        {
            assert!(good.parse::<Password>().is_ok(), "{good}");
        }
        let huge = "a1".repeat(100_000);
        for bad in [
            "",
            "        ",
            "abcdef1",
            "abcdefgh",
            "12345678",
            "!!!!!!!1",
            "aaaaaaaaaaaaaaaaaaaa1",
            "abcdefg１",
            "abcdefg1\0",
            "abcdefg1\n",
            &huge,
        ] {
            assert_eq!(bad.parse::<Password>(), Err(InvalidPassword), "{bad:.40}");
        }
    }

    #[test]
    fn debug_hides_it() {
        let password: Password = "hunter2hunter2".parse().unwrap();
        assert!(!format!("{password:?}").contains("hunter"));
    }
}
