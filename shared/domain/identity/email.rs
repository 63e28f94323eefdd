//! E-mail addresses.

use std::{fmt, str::FromStr};

/// An address in lower case, at most 254 ASCII characters (RFC 5321), without quoting or comments:
/// what mailboxes of real people look like.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// A text that is not such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail must look like name@example.com, at most 254 ASCII characters")]
pub struct InvalidEmail;

const CHARS_MAX: usize = 254;
const LOCAL_CHARS_MAX: usize = 64;
const LABEL_CHARS_MAX: usize = 63;
/// What RFC 5322 allows in an unquoted local part beside letters and digits.
const LOCAL_SYMBOLS: &str = ".!#$%&'*+-/=?^_`{|}~";

impl Email {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let parts = text.split_once('@').filter(|_| text.len() <= CHARS_MAX);
        match parts {
            Some((local, host)) if is_local(local) && is_host(host) => {
                Ok(Self(text.to_ascii_lowercase()))
            }
            _ => Err(InvalidEmail),
        }
    }
}

fn is_local(local: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || LOCAL_SYMBOLS.contains(c);
    (1..=LOCAL_CHARS_MAX).contains(&local.len())
        && local.chars().all(allowed)
        && local.split('.').all(|atom| !atom.is_empty())
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=LABEL_CHARS_MAX).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_top = |top: &str| top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit());
    host.rsplit_once('.').is_some_and(|(_, top)| is_top(top)) && host.split('.').all(is_label)
}

/// Logs must not hold addresses.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_addresses_and_lowers_them() {
        for (text, lower) in [
            ("minji@example.com", "minji@example.com"),
            ("Min.Ji+tag@Mail.Example.CO.KR", "min.ji+tag@mail.example.co.kr"),
            ("a@b.io", "a@b.io"),
            ("o'neil_1@xn--bcher-kva.example", "o'neil_1@xn--bcher-kva.example"),
        ] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), lower);
        }
        let longest = format!("{}@{}.com", "a".repeat(64), vec!["b".repeat(61); 3].join("."));
        assert_eq!(longest.len(), 254);
        assert!(longest.parse::<Email>().is_ok());
    }

    #[test]
    fn refuses_everything_else() {
        let long_local = format!("{}@example.com", "a".repeat(65));
        let long_label = format!("a@{}.com", "b".repeat(64));
        let long = format!("{}@{}.com", "a".repeat(64), vec!["b".repeat(62); 3].join("."));
        let huge = format!("{}@example.com", "a".repeat(200_000));
        for bad in [
            "",
            " ",
            "@",
            "a",
            "a@",
            "@b.com",
            "a@b",
            "a@b.",
            "a@.com",
            "a@b..com",
            "a@-b.com",
            "a@b-.com",
            "a@b.c",
            "a@1.2.3.44",
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "a b@c.com",
            " a@b.com",
            "a@b.com ",
            "a@b@c.com",
            "a\0@b.com",
            "a@b.com\n",
            "민지@example.com",
            "a@예시.com",
            "ａ@b.com",
            "\"a b\"@c.com",
            "a@[127.0.0.1]",
            "a,b@c.com",
            &long_local,
            &long_label,
            &long,
            &huge,
        ] {
            assert_eq!(bad.parse::<Email>(), Err(InvalidEmail), "{bad:.80}");
        }
    }

    #[test]
    fn debug_hides_it() {
        let email: Email = "minji@example.com".parse().unwrap();
        assert!(!format!("{email:?}").contains("minji"));
    }
}
