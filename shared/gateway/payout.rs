//! The bank that pays out: checks whose an account is, transfers, tells what became of a transfer.
//!
//! A transfer is named by its withdrawal. Ordering it again is the same transfer, so an order whose
//! answer was lost can be repeated; a refusal is final. It may take days: a bank that has not paid
//! yet says under which name of its own it is to be asked. [`TossPayouts`] is the bank of a stack,
//! [`FakeBank`] that of laptops; [`NoBank`] stands where there is none, and functions that need one
//! refuse to start on it.

mod answers;
mod bank;
mod fake;
mod jwe;
mod none;
mod schedule;
mod toss;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use bank::{BankError, Call, Contact, Order, Outcome, Payee, PayoutBank, Verdict};
pub use fake::{BankCall, BankFault, CLOSED_ENDING, FOREIGN_ENDING, FakeBank, SLOW_ENDING};
#[cfg(feature = "fake")]
pub(crate) use jwe::Key;
pub use none::NoBank;
#[cfg(feature = "fake")]
pub(crate) use toss::{PAYOUTS_PATH, SELLERS_PATH};
pub use toss::{TossPayoutSettings, TossPayouts};

/// The bank by the name that the configuration gives it.
#[must_use]
pub fn by_name(name: &str, toss: TossPayoutSettings) -> Option<Arc<dyn PayoutBank>> {
    match name {
        "none" => Some(Arc::new(NoBank)),
        "toss" => Some(Arc::new(TossPayouts::new(toss))),
        _ => None,
    }
}
