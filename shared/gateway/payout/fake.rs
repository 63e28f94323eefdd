//! A bank in memory, for laptops and tests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kernel::{Instant, WithdrawalId, Won};

use super::bank::{BankError, Call, Order, Outcome, Payee, PayoutBank, Verdict};

/// The holder of an account whose number ends so is somebody else.
pub const FOREIGN_ENDING: &str = "9999";
/// An account whose number ends so is closed: transfers to it are refused.
pub const CLOSED_ENDING: &str = "8888";
/// A transfer to an account whose number ends so is done when asked about.
pub const SLOW_ENDING: &str = "7777";

/// Clones are the same bank.
#[derive(Clone, Debug, Default)]
pub struct FakeBank(Arc<Mutex<Vault>>);

#[derive(Debug, Default)]
struct Vault {
    transfers: BTreeMap<WithdrawalId, (Order, Outcome)>,
    calls: Vec<BankCall>,
    faults: Vec<(BankCall, BankFault)>,
    struck: Vec<BankFault>,
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

    /// The faults that struck, in order.
    #[must_use]
    pub fn struck(&self) -> Vec<BankFault> {
        self.vault().struck.clone()
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
        let index = vault.faults.iter().position(|(at, _)| *at == call);
        let fault = index.map(|index| vault.faults.remove(index).1);
        vault.struck.extend(fault);
        match fault {
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
