//! Numbers as DynamoDB keeps them: decimal, 38 digits, exact. Never a float.

use std::{cmp::Ordering, fmt};

/// How many significant digits a number may have.
const DIGITS_MAX: usize = 38;
/// The place of the decimal point before the first significant digit: from 1E-130 to 9.9…E+125.
const POINT_MIN: i32 = -129;
const POINT_MAX: i32 = 126;

/// A number. Two that are equal are built the same: [`Number::Whole`] whatever fits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    Whole(i64),
    Other(Box<Decimal>),
}

/// ± 0.d₁d₂d₃… × 10^point, the first and the last digit not zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i32,
}

/// Why a text is no number, as DynamoDB words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotANumber {
    Malformed,
    TooManyDigits,
    TooLarge,
    TooSmall,
}

impl NotANumber {
    pub fn message(self, text: &str) -> String {
        match self {
            Self::Malformed => {
                format!("The parameter cannot be converted to a numeric value: {text}")
            }
            Self::TooManyDigits => {
                "Attempting to store more than 38 significant digits in a Number".to_owned()
            }
            Self::TooLarge => "Number overflow. Attempting to store a number with magnitude \
                               larger than supported range"
                .to_owned(),
            Self::TooSmall => "Number underflow. Attempting to store a number with magnitude \
                               smaller than supported range"
                .to_owned(),
        }
    }
}

impl Number {
    pub fn parse(text: &str) -> Result<Self, NotANumber> {
        // Up to 18 digits without anything else: every number that our rows hold.
        let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
        if (1..=18).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
            return text.parse().map(Self::Whole).map_err(|_| NotANumber::Malformed);
        }
        Decimal::parse(text)?.number()
    }

    /// The sum, exact.
    pub fn plus(&self, other: &Self) -> Result<Self, NotANumber> {
        if let (Self::Whole(a), Self::Whole(b)) = (self, other)
            && let Some(sum) = a.checked_add(*b)
        {
            return Ok(Self::Whole(sum));
        }
        self.decimal().plus(&other.decimal()).number()
    }

    /// The difference, exact.
    pub fn minus(&self, other: &Self) -> Result<Self, NotANumber> {
        let mut other = other.decimal();
        other.negative = !other.negative;
        self.plus(&other.number()?)
    }

    /// The bytes it counts for in an item's size: one, one for each two significant digits before
    /// and after the point, one for a minus.
    pub fn size(&self) -> usize {
        let decimal = self.decimal();
        let whole = usize::try_from(decimal.point).unwrap_or(0).min(decimal.digits.len());
        let fraction = decimal.digits.len() - whole;
        1 + whole.div_ceil(2) + fraction.div_ceil(2) + usize::from(decimal.negative)
    }

    fn decimal(&self) -> Decimal {
        match self {
            Self::Whole(whole) => {
                let digits = whole.unsigned_abs().to_string().bytes().map(|d| d - b'0').collect();
                Decimal::trimmed(*whole < 0, digits, 0)
            }
            Self::Other(decimal) => (**decimal).clone(),
        }
    }
}

impl Decimal {
    fn parse(text: &str) -> Result<Self, NotANumber> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>()),
            None => (rest, Ok(0)),
        };
        let exponent = exponent.map_err(|_| NotANumber::Malformed)?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = || whole.bytes().chain(fraction.bytes());
        if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
            return Err(NotANumber::Malformed);
        }
        let digits = digits().map(|digit| digit - b'0').collect();
        let fraction = i32::try_from(fraction.len()).map_err(|_| NotANumber::TooManyDigits)?;
        Ok(Self::trimmed(negative, digits, exponent.saturating_sub(fraction)))
    }

    /// `digits` × 10^`exponent`.
    fn trimmed(negative: bool, mut digits: Vec<u8>, exponent: i32) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        let point = exponent.saturating_add(i32::try_from(digits.len()).unwrap_or(i32::MAX));
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.is_empty() { Self::zero() } else { Self { negative, digits, point } }
    }

    const fn zero() -> Self {
        Self { negative: false, digits: Vec::new(), point: 0 }
    }

    fn number(self) -> Result<Number, NotANumber> {
        if self.digits.is_empty() {
            return Ok(Number::Whole(0));
        }
        if self.digits.len() > DIGITS_MAX {
            return Err(NotANumber::TooManyDigits);
        }
        if self.point > POINT_MAX {
            return Err(NotANumber::TooLarge);
        }
        if self.point < POINT_MIN {
            return Err(NotANumber::TooSmall);
        }
        let whole = usize::try_from(self.point).is_ok_and(|p| p >= self.digits.len() && p <= 19);
        if whole && let Ok(whole) = self.to_string().parse() {
            return Ok(Number::Whole(whole));
        }
        Ok(Number::Other(Box::new(self)))
    }

    /// The exponent of the last digit.
    fn low(&self) -> i32 {
        self.point - i32::try_from(self.digits.len()).unwrap_or(0)
    }

    /// The digits down to the exponent `low`, at least `width` of them.
    fn aligned(&self, low: i32, width: usize) -> Vec<u8> {
        let zeros = usize::try_from(self.low() - low).unwrap_or(0);
        let behind = std::iter::repeat_n(0, zeros);
        let body: Vec<u8> = self.digits.iter().copied().chain(behind).collect();
        let before = std::iter::repeat_n(0, width.saturating_sub(body.len()));
        before.chain(body).collect()
    }

    fn plus(&self, other: &Self) -> Self {
        if self.digits.is_empty() || other.digits.is_empty() {
            return if self.digits.is_empty() { other.clone() } else { self.clone() };
        }
        let low = self.low().min(other.low());
        let width = usize::try_from(self.point.max(other.point) - low).unwrap_or(0) + 1;
        let (a, b) = (self.aligned(low, width), other.aligned(low, width));
        if self.negative == other.negative {
            return Self::trimmed(self.negative, add(&a, &b), low);
        }
        match a.cmp(&b) {
            Ordering::Less => Self::trimmed(other.negative, subtract(&b, &a), low),
            Ordering::Equal => Self::zero(),
            Ordering::Greater => Self::trimmed(self.negative, subtract(&a, &b), low),
        }
    }
}

/// The sum of two runs of digits of one length; the first digit has room for the carry.
fn add(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let sums = a.iter().zip(b).rev().map(|(a, b)| {
        let sum = a + b + carry;
        carry = sum / 10;
        sum % 10
    });
    let mut sums: Vec<u8> = sums.collect();
    sums.reverse();
    sums
}

/// The difference of two runs of digits of one length, the first not smaller.
fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let differences = a.iter().zip(b).rev().map(|(a, b)| {
        let due = b + borrow;
        borrow = u8::from(*a < due);
        a + borrow * 10 - due
    });
    let mut differences: Vec<u8> = differences.collect();
    differences.reverse();
    differences
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Self::Whole(a), Self::Whole(b)) = (self, other) {
            return a.cmp(b);
        }
        self.decimal().cmp(&other.decimal())
    }
}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = || self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => size(),
            _ => size().reverse(),
        })
    }
}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(whole) => whole.fmt(f),
            Self::Other(decimal) => decimal.fmt(f),
        }
    }
}

/// Written out, without an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String = self.digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let sign = if self.negative { "-" } else { "" };
        match usize::try_from(self.point) {
            Ok(0) | Err(_) => {
                let zeros = usize::try_from(-self.point).unwrap_or(0);
                write!(f, "{sign}0.{}{text}", "0".repeat(zeros))
            }
            Ok(point) if point >= text.len() => {
                write!(f, "{sign}{text}{}", "0".repeat(point - text.len()))
            }
            Ok(point) => {
                let (whole, fraction) = text.split_at(point);
                write!(f, "{sign}{whole}.{fraction}")
            }
        }
    }
}
