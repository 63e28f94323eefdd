//! A bank: what it is asked, and what it answers.

use std::{fmt, future::Future, pin::Pin};

use domain::withdrawal::BankAccount;
use kernel::{Instant, UserId, WithdrawalId, Won};

/// A call to the bank.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, BankError>> + Send + 'a>>;

pub trait PayoutBank: fmt::Debug + Send + Sync + 'static {
    /// Whether the account exists and is the named holder's. Asking again changes nothing.
    fn verify_holder<'a>(&'a self, payee: &'a Payee, now: Instant) -> Call<'a, Verdict>;
    /// Orders a transfer; ordering it again changes nothing and answers the same.
    fn transfer<'a>(&'a self, order: &'a Order, now: Instant) -> Call<'a, Outcome>;
    /// What became of a transfer; `None` when the bank shows none, and it may be ordered again.
    fn find<'a>(&'a self, order: &'a Order) -> Call<'a, Option<Outcome>>;
    /// Whether [`Payee::contact`] is needed.
    fn wants_contact(&self) -> bool {
        false
    }
    /// Why functions that need a bank must not start with this one.
    fn fault(&self) -> Option<&'static str> {
        None
    }
}

/// Somebody who shall be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payee {
    pub user: UserId,
    pub account: BankAccount,
    /// Where a bank reaches the payee to have them identify themselves.
    pub contact: Option<Contact>,
}

/// Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// Digits only, like `01012345678`.
    pub phone: String,
    pub email: String,
}

/// What the bank says of a payee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The account is the holder's; with the bank's own name of the payee, where it has one.
    Fits(Option<String>),
    /// There is no such account, or its holder is somebody else.
    Foreign,
    /// The bank cannot reach the payee.
    Unreachable,
}

/// Money to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub id: WithdrawalId,
    pub account: BankAccount,
    /// As the bank named the payee when it verified the account.
    pub payee: Option<String>,
    pub amount: Won,
    pub requested_at: Instant,
    /// As the bank named the transfer when it was not done yet.
    pub receipt: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Paid,
    /// It will never be paid, and why.
    Refused(String),
    /// The bank has it and is not done yet; it is to be asked for under this name, if it has one.
    Pending(Option<String>),
}

/// No answer that says what happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bank: {0}")]
pub struct BankError(pub String);

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(…)")
    }
}
