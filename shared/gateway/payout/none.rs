//! No bank.

use kernel::Instant;

use super::bank::{BankError, Call, Order, Outcome, Payee, PayoutBank, Verdict};

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
