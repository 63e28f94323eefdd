//! What a user owns here: balance, history, and the way to the user's bank account.
//!
//! Promises: money moves only by balanced journal entries, in the transaction that moves it; a
//! withdrawal's money is held from the request on and either paid out once or given back; what the
//! bank did is asked of the bank. Top-ups are payment's, escrow and settlement are trade's.

mod account;
mod paying;
mod stopping;
mod withdrawal_view;

pub mod list_entries;
pub mod read_wallet;

pub mod create_payout_account;
pub mod read_payout_account;
pub mod replace_payout_account;

pub mod cancel_user_withdrawal;
pub mod cancel_withdrawal;
pub mod list_withdrawals;
pub mod list_withdrawals_for_staff;
pub mod read_withdrawal;
pub mod request_withdrawal;

pub mod on_withdrawal_requested;
pub mod sweep_withdrawals;

pub mod audit_user;

#[cfg(test)]
mod tests;

use platform::{Config, Function};

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &read_wallet::FUNCTION,
    &list_entries::FUNCTION,
    &create_payout_account::FUNCTION,
    &read_payout_account::FUNCTION,
    &replace_payout_account::FUNCTION,
    &request_withdrawal::FUNCTION,
    &list_withdrawals::FUNCTION,
    &list_withdrawals_for_staff::FUNCTION,
    &read_withdrawal::FUNCTION,
    &cancel_withdrawal::FUNCTION,
    &cancel_user_withdrawal::FUNCTION,
    &on_withdrawal_requested::FUNCTION,
    &sweep_withdrawals::FUNCTION,
    &audit_user::FUNCTION,
];

/// The functions whose promises need a bank that pays out.
const NEED_A_BANK: &[&Function] = &[
    &create_payout_account::FUNCTION,
    &replace_payout_account::FUNCTION,
    &request_withdrawal::FUNCTION,
    &on_withdrawal_requested::FUNCTION,
];

/// Why `function` must not start with this configuration, if anything.
#[must_use]
pub fn requirement(function: &Function, config: &Config) -> Option<&'static str> {
    let needs = NEED_A_BANK.iter().any(|needing| needing.name == function.name);
    if needs { config.bank.fault() } else { None }
}
