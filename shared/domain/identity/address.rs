//! Where goods are sent.

use std::fmt;

use super::Phone;

/// More addresses than one user keeps.
pub const ADDRESSES_MAX: u32 = 20;
const RECIPIENT_CHARS_MAX: usize = 40;
const LINE_CHARS_MAX: usize = 100;
const POSTCODE_DIGITS: usize = 5;

/// A Korean postal address. A trade keeps its own copy, so that it outlives the address book.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub recipient: String,
    pub phone: Phone,
    pub postcode: String,
    pub line1: String,
    pub line2: Option<String>,
}

/// What is wrong with an address, by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    #[error("the recipient must have 1 to 40 characters")]
    Recipient,
    #[error("a postcode is 5 digits")]
    Postcode,
    #[error("the first line must have 1 to 100 characters")]
    Line1,
    #[error("the second line must have at most 100 characters")]
    Line2,
}

impl InvalidAddress {
    /// The field at fault, as clients spell it.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Postcode => "postcode",
            Self::Line1 => "line1",
            Self::Line2 => "line2",
        }
    }
}

impl Address {
    /// Trims every part; an empty second line is none.
    pub fn new(
        recipient: &str,
        phone: Phone,
        postcode: &str,
        line1: &str,
        line2: Option<&str>,
    ) -> Result<Self, InvalidAddress> {
        let digits = postcode.bytes().all(|byte| byte.is_ascii_digit());
        if postcode.len() != POSTCODE_DIGITS || !digits {
            return Err(InvalidAddress::Postcode);
        }
        let recipient = line(recipient, RECIPIENT_CHARS_MAX).ok_or(InvalidAddress::Recipient)?;
        let line1 = line(line1, LINE_CHARS_MAX).ok_or(InvalidAddress::Line1)?;
        let line2 = match line2.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) => Some(line(text, LINE_CHARS_MAX).ok_or(InvalidAddress::Line2)?),
            None => None,
        };
        Ok(Self { recipient, phone, postcode: postcode.to_owned(), line1, line2 })
    }
}

/// One line of visible text; none when it is empty, too long, or would print as several.
fn line(text: &str, chars_max: usize) -> Option<String> {
    let text = text.trim();
    let fits = (1..=chars_max).contains(&text.chars().count());
    (fits && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Logs must not hold addresses.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(
        recipient: &str,
        postcode: &str,
        line1: &str,
        line2: Option<&str>,
    ) -> Result<Address, InvalidAddress> {
        Address::new(recipient, "010-1234-5678".parse().unwrap(), postcode, line1, line2)
    }

    #[test]
    fn trims_what_it_keeps() {
        let address = make(" 김민지 ", "06236", " 테헤란로 1 ", Some("  ")).unwrap();
        assert_eq!((address.recipient.as_str(), address.line1.as_str()), ("김민지", "테헤란로 1"));
        assert_eq!(address.line2, None);
        assert_eq!(format!("{address:?}"), "Address(…)");
    }

    #[test]
    fn names_the_field_at_fault() {
        use InvalidAddress::{Line1, Line2, Postcode, Recipient};
        let long = "가".repeat(101);
        let cases = [
            (make("", "06236", "a", None), Recipient),
            (make(&long, "06236", "a", None), Recipient),
            (make("김\n민지", "06236", "a", None), Recipient),
            (make("김", "0623", "a", None), Postcode),
            (make("김", "062366", "a", None), Postcode),
            (make("김", "0623a", "a", None), Postcode),
            (make("김", "०६२३६", "a", None), Postcode),
            (make("김", "06236", " ", None), Line1),
            (make("김", "06236", &long, None), Line1),
            (make("김", "06236", "a", Some(&long)), Line2),
        ];
        for (made, error) in cases {
            assert_eq!(made, Err(error));
        }
    }
}
