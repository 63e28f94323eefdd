//! The number on a parcel.

use std::fmt;

use super::Carrier;

/// More separators than any way of writing a number has.
const TEXT_CHARS_MAX: usize = 40;

/// A parcel's number, in its carrier's format; one spelling for every way of writing it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackingNumber {
    carrier: Carrier,
    digits: String,
}

/// Why a text is no number of this carrier, by precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTrackingNumber {
    #[error("a tracking number has digits, spaces and hyphens only")]
    Letters,
    #[error("a tracking number of {} has {} digits", .carrier.name(), Lengths(.carrier))]
    Length { carrier: Carrier },
    /// A slip of the pen: the last digit does not fit the others.
    #[error("there is no such tracking number of {}: check its digits", .carrier.name())]
    CheckDigit { carrier: Carrier },
}

impl TrackingNumber {
    /// Reads a number as people write and phones type it: spaces and hyphens of any kind are left
    /// out, full-width digits are digits.
    pub fn parse(carrier: Carrier, text: &str) -> Result<Self, InvalidTrackingNumber> {
        let mut digits = String::new();
        for (index, letter) in text.chars().enumerate() {
            if index >= TEXT_CHARS_MAX {
                return Err(InvalidTrackingNumber::Length { carrier });
            }
            match plain(letter) {
                Some(digit) if digit.is_ascii_digit() => digits.push(digit),
                Some(_) => {}
                None => return Err(InvalidTrackingNumber::Letters),
            }
        }
        let format = carrier.format();
        if !format.lengths.contains(&digits.len()) {
            return Err(InvalidTrackingNumber::Length { carrier });
        }
        if format.is_checked && !fits_its_check_digit(&digits) {
            return Err(InvalidTrackingNumber::CheckDigit { carrier });
        }
        Ok(Self { carrier, digits })
    }

    #[must_use]
    pub const fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// ASCII digits only, leading zeros kept.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

/// A digit, or a hyphen for whatever separates; `None` for what does not belong into a number.
const fn plain(letter: char) -> Option<char> {
    match letter {
        '0'..='9' => Some(letter),
        '０' => Some('0'),
        '１' => Some('1'),
        '２' => Some('2'),
        '３' => Some('3'),
        '４' => Some('4'),
        '５' => Some('5'),
        '６' => Some('6'),
        '７' => Some('7'),
        '８' => Some('8'),
        '９' => Some('9'),
        // Spaces: ASCII, no-break, ideographic.
        ' ' | '\u{a0}' | '\u{3000}' => Some('-'),
        // Hyphens: ASCII, U+2010 to U+2015, the minus, the full-width one.
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => Some('-'),
        _ => None,
    }
}

fn fits_its_check_digit(digits: &str) -> bool {
    let Some((body, check)) = digits.split_at_checked(digits.len().saturating_sub(1)) else {
        return false;
    };
    match (body.parse::<u64>(), check.parse::<u64>()) {
        (Ok(body), Ok(check)) => body % 7 == check,
        _ => false,
    }
}

/// `10 or 12`.
struct Lengths<'a>(&'a Carrier);

impl fmt::Display for Lengths<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lengths = self.0.format().lengths;
        for (index, length) in lengths.iter().enumerate() {
            let between = match index {
                0 => "",
                _ if index + 1 == lengths.len() => " or ",
                _ => ", ",
            };
            write!(f, "{between}{length}")?;
        }
        Ok(())
    }
}
