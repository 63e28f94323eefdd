//! The bank that pays out: checks whose an account is, transfers, tells what became of a transfer.
//!
//! A transfer is named by its withdrawal. Ordering it again is the same transfer, so an order whose
//! answer was lost can be repeated; a refusal is final. It may take days: a bank that has not paid
//! yet says under which name of its own it is to be asked. [`TossPayouts`] is the bank of a stack,
//! [`FakeBank`] that of laptops; [`NoBank`] stands where there is none, and functions that need one
//! refuse to start on it.

mod answers;
mod jwe;
mod schedule;
mod toss;

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::withdrawal::BankAccount;
use kernel::{Instant, UserId, WithdrawalId, Won};

#[cfg(feature = "fake")]
pub(crate) use jwe::Key;
#[cfg(feature = "fake")]
pub(crate) use toss::{PAYOUTS_PATH, SELLERS_PATH};
pub use toss::{TossPayoutSettings, TossPayouts};

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

/// The bank by the name that the configuration gives it.
#[must_use]
pub fn by_name(name: &str, toss: TossPayoutSettings) -> Option<Arc<dyn PayoutBank>> {
    match name {
        "none" => Some(Arc::new(NoBank)),
        "toss" => Some(Arc::new(TossPayouts::new(toss))),
        _ => None,
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(…)")
    }
}

/// A stack without a bank.
#[derive(Clone, Copy, Debug)]
pub struct NoBank;

const NO_BANK: &str = "no bank is configured that could pay out (PAYOUT_BANK)";

impl PayoutBank for NoBank {
    fn verify_holder<'a>(&'a self, _: &'a Payee, _: Instant) -> Call<'a, Verdict> {
        Box::pin(async { Err(BankError(NO_BANK.to_owned())) })
    }
    fn transfer<'a>(&'a self, _: &'a Order, _: Instant) -> Call<'a, Outcome> {
        Box::pin(async { Err(BankError(NO_BANK.to_owned())) })
    }
    fn find<'a>(&'a self, _: &'a Order) -> Call<'a, Option<Outcome>> {
        Box::pin(async { Err(BankError(NO_BANK.to_owned())) })
    }
    fn fault(&self) -> Option<&'static str> {
        Some(NO_BANK)
    }
}

/// The holder of an account whose number ends so is somebody else.
pub const FOREIGN_ENDING: &str = "9999";
/// An account whose number ends so is closed: transfers to it are refused.
pub const CLOSED_ENDING: &str = "8888";
/// A transfer to an account whose number ends so is done when asked about.
pub const SLOW_ENDING: &str = "7777";

/// A bank in memory, for laptops and tests. Clones are the same bank.
#[derive(Clone, Debug, Default)]
pub struct FakeBank(Arc<Mutex<Vault>>);

#[derive(Debug, Default)]
struct Vault {
    transfers: BTreeMap<WithdrawalId, (Order, Outcome)>,
    calls: Vec<BankCall>,
    faults: Vec<(BankCall, BankFault)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankCall {
    VerifyHolder,
    Transfer,
    Find,
}

/// How a call to the fake fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BankFault {
    /// It never reached the bank.
    Before,
    /// It took effect, and the answer was lost.
    After,
}

impl FakeBank {
    /// The next `call` fails.
    pub fn fail_next(&self, call: BankCall, fault: BankFault) {
        self.vault().faults.push((call, fault));
    }

    /// Nothing fails any more.
    pub fn recover(&self) {
        self.vault().faults.clear();
    }

    /// What was paid out, by withdrawal.
    #[must_use]
    pub fn paid(&self) -> BTreeMap<WithdrawalId, Won> {
        let vault = self.vault();
        let paid = vault.transfers.iter().filter(|(_, (_, outcome))| *outcome == Outcome::Paid);
        paid.map(|(id, (order, _))| (*id, order.amount)).collect()
    }

    /// Every call so far, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<BankCall> {
        self.vault().calls.clone()
    }

    fn vault(&self) -> MutexGuard<'_, Vault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call<T>(&self, call: BankCall, act: impl FnOnce(&mut Vault) -> T) -> Result<T, BankError> {
        let mut vault = self.vault();
        vault.calls.push(call);
        let place = vault.faults.iter().position(|(at, _)| *at == call);
        match place.map(|place| vault.faults.remove(place).1) {
            None => Ok(act(&mut vault)),
            Some(BankFault::Before) => Err(BankError("out of reach".to_owned())),
            Some(BankFault::After) => {
                act(&mut vault);
                Err(BankError("the answer was lost".to_owned()))
            }
        }
    }
}

impl Vault {
    fn transfer(&mut self, order: &Order) -> Result<Outcome, BankError> {
        if let Some((first, outcome)) = self.transfers.get(&order.id) {
            let same = (&first.account, first.amount) == (&order.account, order.amount);
            return if same {
                Ok(outcome.clone())
            } else {
                Err(BankError(format!("{} is another order", order.id)))
            };
        }
        let number = order.account.number.as_str();
        let outcome = if number.ends_with(CLOSED_ENDING) {
            Outcome::Refused("the account is closed".to_owned())
        } else if number.ends_with(SLOW_ENDING) {
            Outcome::Pending(None)
        } else {
            Outcome::Paid
        };
        self.transfers.insert(order.id, (order.clone(), outcome.clone()));
        Ok(outcome)
    }

    fn find(&mut self, id: WithdrawalId) -> Option<Outcome> {
        let (_, outcome) = self.transfers.get_mut(&id)?;
        if matches!(outcome, Outcome::Pending(_)) {
            *outcome = Outcome::Paid;
        }
        Some(outcome.clone())
    }
}

impl PayoutBank for FakeBank {
    fn verify_holder<'a>(&'a self, payee: &'a Payee, _: Instant) -> Call<'a, Verdict> {
        let foreign = payee.account.number.as_str().ends_with(FOREIGN_ENDING);
        let verdict = if foreign { Verdict::Foreign } else { Verdict::Fits(None) };
        Box::pin(async move { self.call(BankCall::VerifyHolder, |_| verdict) })
    }
    fn transfer<'a>(&'a self, order: &'a Order, _: Instant) -> Call<'a, Outcome> {
        Box::pin(async move { self.call(BankCall::Transfer, |vault| vault.transfer(order))? })
    }
    fn find<'a>(&'a self, order: &'a Order) -> Call<'a, Option<Outcome>> {
        Box::pin(async move { self.call(BankCall::Find, |vault| vault.find(order.id)) })
    }
}
