//! The bank that pays out: checks whose an account is, transfers, tells what became of a transfer.
//!
//! A transfer is named by its withdrawal. Ordering it again is the same transfer, so an order whose
//! answer was lost can be repeated; a refusal is final. The only bank so far is [`FakeBank`]:
//! [`NoBank`] stands where a stack has none, and functions that need one refuse to start on it.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::withdrawal::BankAccount;
use kernel::{WithdrawalId, Won};

/// A call to the bank.
pub type Call<'a, T> = Pin<Box<dyn Future<Output = Result<T, BankError>> + Send + 'a>>;

pub trait PayoutBank: fmt::Debug + Send + Sync + 'static {
    /// Whether the account exists and is the named holder's.
    fn verify_holder<'a>(&'a self, account: &'a BankAccount) -> Call<'a, bool>;
    /// Orders a transfer; ordering it again changes nothing and answers the same.
    fn transfer<'a>(&'a self, order: &'a Order) -> Call<'a, Outcome>;
    /// What became of a transfer; `None` when the bank never heard of it.
    fn find(&self, id: WithdrawalId) -> Call<'_, Option<Outcome>>;
    /// Why functions that need a bank must not start with this one.
    fn fault(&self) -> Option<&'static str> {
        None
    }
}

/// Money to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub id: WithdrawalId,
    pub account: BankAccount,
    pub amount: Won,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Paid,
    /// It will never be paid, and why.
    Refused(String),
    /// The bank has it and is not done yet.
    Pending,
}

/// No answer that says what happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bank: {0}")]
pub struct BankError(pub String);

/// The bank by the name that the configuration gives it.
#[must_use]
pub fn by_name(name: &str) -> Option<Arc<dyn PayoutBank>> {
    match name {
        "none" => Some(Arc::new(NoBank)),
        _ => None,
    }
}

/// A stack without a bank.
#[derive(Clone, Copy, Debug)]
pub struct NoBank;

const NO_BANK: &str = "no bank is configured that could pay out (PAYOUT_BANK)";

impl PayoutBank for NoBank {
    fn verify_holder<'a>(&'a self, _: &'a BankAccount) -> Call<'a, bool> {
        Box::pin(async { Err(BankError(NO_BANK.to_owned())) })
    }
    fn transfer<'a>(&'a self, _: &'a Order) -> Call<'a, Outcome> {
        Box::pin(async { Err(BankError(NO_BANK.to_owned())) })
    }
    fn find(&self, _: WithdrawalId) -> Call<'_, Option<Outcome>> {
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
            let same = first == order;
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
            Outcome::Pending
        } else {
            Outcome::Paid
        };
        self.transfers.insert(order.id, (order.clone(), outcome.clone()));
        Ok(outcome)
    }

    fn find(&mut self, id: WithdrawalId) -> Option<Outcome> {
        let (_, outcome) = self.transfers.get_mut(&id)?;
        if *outcome == Outcome::Pending {
            *outcome = Outcome::Paid;
        }
        Some(outcome.clone())
    }
}

impl PayoutBank for FakeBank {
    fn verify_holder<'a>(&'a self, account: &'a BankAccount) -> Call<'a, bool> {
        let fits = !account.number.as_str().ends_with(FOREIGN_ENDING);
        Box::pin(async move { self.call(BankCall::VerifyHolder, |_| fits) })
    }
    fn transfer<'a>(&'a self, order: &'a Order) -> Call<'a, Outcome> {
        Box::pin(async move { self.call(BankCall::Transfer, |vault| vault.transfer(order))? })
    }
    fn find(&self, id: WithdrawalId) -> Call<'_, Option<Outcome>> {
        Box::pin(async move { self.call(BankCall::Find, |vault| vault.find(id)) })
    }
}
