//! A bank account as users write it.

use std::{fmt, str::FromStr};

/// A bank by its Korean clearing code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bank {
    pub code: &'static str,
    pub name: &'static str,
}

const fn bank(code: &'static str, name: &'static str) -> Bank {
    Bank { code, name }
}

/// The banks that payouts go to.
pub const BANKS: &[Bank] = &[
    bank("002", "산업은행"),
    bank("003", "기업은행"),
    bank("004", "국민은행"),
    bank("007", "수협은행"),
    bank("011", "농협은행"),
    bank("012", "지역농축협"),
    bank("020", "우리은행"),
    bank("023", "SC제일은행"),
    bank("027", "한국씨티은행"),
    bank("031", "iM뱅크"),
    bank("032", "부산은행"),
    bank("034", "광주은행"),
    bank("035", "제주은행"),
    bank("037", "전북은행"),
    bank("039", "경남은행"),
    bank("045", "새마을금고"),
    bank("048", "신협"),
    bank("050", "저축은행"),
    bank("064", "산림조합"),
    bank("071", "우체국"),
    bank("081", "하나은행"),
    bank("088", "신한은행"),
    bank("089", "케이뱅크"),
    bank("090", "카카오뱅크"),
    bank("092", "토스뱅크"),
];

/// 10 to 16 digits, without hyphens. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountNumber(String);

/// Whose account it is, as the bank knows them: 1 to 30 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Holder(String);

/// Where money can be paid to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAccount {
    pub bank: Bank,
    pub number: AccountNumber,
    pub holder: Holder,
}

/// A text that is no part of a bank account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccount {
    #[error("the bank code must be one of the three-digit codes of Korean banks")]
    Bank,
    #[error("the account number must have 10 to 16 digits")]
    Number,
    #[error("the holder must have 1 to 30 characters")]
    Holder,
}

const HOLDER_CHARS_MAX: usize = 30;
const SHOWN_DIGITS: usize = 4;

impl FromStr for Bank {
    type Err = InvalidAccount;
    fn from_str(code: &str) -> Result<Self, InvalidAccount> {
        BANKS.iter().find(|bank| bank.code == code).copied().ok_or(InvalidAccount::Bank)
    }
}

impl FromStr for AccountNumber {
    type Err = InvalidAccount;
    fn from_str(text: &str) -> Result<Self, InvalidAccount> {
        let digits: String = text.chars().filter(|c| *c != '-').collect();
        let fits = (10..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(digits)) } else { Err(InvalidAccount::Number) }
    }
}

impl FromStr for Holder {
    type Err = InvalidAccount;
    fn from_str(text: &str) -> Result<Self, InvalidAccount> {
        let name = text.trim();
        let sized = (1..=HOLDER_CHARS_MAX).contains(&name.chars().count());
        if sized && !name.chars().any(char::is_control) {
            return Ok(Self(name.to_owned()));
        }
        Err(InvalidAccount::Holder)
    }
}

impl AccountNumber {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// All but the last four digits hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.0.len().saturating_sub(SHOWN_DIGITS);
        let digits = self.0.chars().enumerate();
        digits.map(|(index, digit)| if index < hidden { '*' } else { digit }).collect()
    }
}

impl Holder {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Holder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_ten_to_sixteen_digits() {
        for (text, number) in [
            ("1234567890", "1234567890"),
            ("110-234-567890", "110234567890"),
            ("1234567890123456", "1234567890123456"),
        ] {
            assert_eq!(text.parse::<AccountNumber>().unwrap().as_str(), number);
        }
        for bad in [
            "",
            "-",
            "123456789",
            "12345678901234567",
            "12345 67890",
            "123456789a",
            "１２３４５６７８９０",
        ] {
            assert_eq!(bad.parse::<AccountNumber>(), Err(InvalidAccount::Number), "{bad}");
        }
    }

    #[test]
    fn only_the_last_four_digits_are_shown() {
        let number: AccountNumber = "110-234-567890".parse().unwrap();
        assert_eq!(number.masked(), "********7890");
        assert_eq!(format!("{number:?}"), "********7890");
    }

    #[test]
    fn banks_are_unique_three_digit_codes() {
        let codes: std::collections::BTreeSet<_> = BANKS.iter().map(|bank| bank.code).collect();
        assert_eq!(codes.len(), BANKS.len());
        assert!(codes.iter().all(|code| code.len() == 3 && code.parse::<u16>().is_ok()));
        for bad in ["", "4", "0004", "999", "abc"] {
            assert_eq!(bad.parse::<Bank>(), Err(InvalidAccount::Bank), "{bad}");
        }
    }

    #[test]
    fn holders_are_short_names() {
        assert_eq!(" 김민지 ".parse::<Holder>().unwrap().as_str(), "김민지");
        let long = "가".repeat(31);
        for bad in ["", "   ", "a\nb", &long] {
            assert_eq!(bad.parse::<Holder>(), Err(InvalidAccount::Holder), "{bad}");
        }
        assert!("가".repeat(30).parse::<Holder>().is_ok());
    }
}
