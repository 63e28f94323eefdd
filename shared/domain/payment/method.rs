//! Cards that are charged without their owner, and the password that lets an order name one
//! (`rules.md`, "Payment").
//!
//! Five wrong passwords in a row lock a card for a quarter of an hour; a right one forgets them.
//! While a card is locked no password is compared, so that a guess says nothing.

use std::{fmt, str::FromStr};

use kernel::{Instant, PaymentMethodId, Span, UserId};

/// How many cards a user may have registered.
pub const METHODS_MAX: u32 = 10;
/// So many wrong passwords in a row lock a card.
pub const WRONG_TRIES_MAX: u32 = 5;
/// How long a card stays locked.
pub const LOCK: Span = Span::minutes(15);

/// Six digits 0–9, on their way to being hashed or compared.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentPassword(String);

/// A text that is no payment password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a payment password must be 6 digits")]
pub struct InvalidPaymentPassword;

const DIGITS: usize = 6;

/// A card as its owner recognizes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// In the provider's masking, like `12345678****789*`.
    pub number: String,
    /// The issuer's name, or the provider's code for it.
    pub issuer: String,
}

/// A registered card.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentMethod {
    pub id: PaymentMethodId,
    pub user: UserId,
    pub card: Card,
    /// What the provider charges by, encrypted.
    pub sealed_key: String,
    /// The password's argon2id hash (PHC string).
    pub password_hash: String,
    /// Wrong passwords in a row.
    pub failures: u32,
    /// The end of the last lock, past or to come.
    pub locked_until: Option<Instant>,
    pub created_at: Instant,
    /// Rises with every try that changes anything: what every change is conditional on.
    pub version: u32,
}

/// No password is compared before then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("locked until {until}")]
pub struct Locked {
    pub until: Instant,
}

impl PaymentPassword {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PaymentPassword {
    type Err = InvalidPaymentPassword;
    fn from_str(text: &str) -> Result<Self, InvalidPaymentPassword> {
        let valid = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidPaymentPassword) }
    }
}

/// Logs must not hold passwords.
impl fmt::Debug for PaymentPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentPassword(…)")
    }
}

/// Neither the key nor the hash.
impl fmt::Debug for PaymentMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentMethod({}, version {})", self.id, self.version)
    }
}

impl PaymentMethod {
    /// Whether a password may be compared at `now`.
    pub fn open_at(&self, now: Instant) -> Result<(), Locked> {
        match self.locked_until {
            Some(until) if now < until => Err(Locked { until }),
            _ => Ok(()),
        }
    }

    /// The card after a password was compared and found right or wrong. `None`: it stays as it is.
    pub fn tried(&self, right: bool, now: Instant) -> Result<Option<Self>, Locked> {
        self.open_at(now)?;
        let failures = match (right, self.locked_until) {
            (true, _) => 0,
            // The lock that ended has paid for what was before it.
            (false, Some(_)) => 1,
            (false, None) => self.failures.saturating_add(1),
        };
        let locked_until = (failures >= WRONG_TRIES_MAX).then(|| now + LOCK);
        if failures == self.failures && locked_until == self.locked_until {
            return Ok(None);
        }
        let version = self.version.saturating_add(1);
        Ok(Some(Self { failures, locked_until, version, ..self.clone() }))
    }
}
