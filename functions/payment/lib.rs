//! Money in through providers: payments, refunds, webhooks, cards that are charged for matches.
//!
//! Promises: a payment is confirmed at its provider at most once at a time and booked exactly once,
//! whoever learns of it first (the request, a webhook, the sweep). What is not known for certain
//! stays `approving` until the provider was read again. Money that goes back is held before the
//! provider is asked; money that nothing here takes goes back without having been booked. A card
//! is known by its masked number alone; what it is charged by is sealed, its password hashed, and
//! it is charged at most once for a match. Knows nothing of what trades do with their money: it
//! claims and pays them through `store::trade`.

#[cfg(test)]
mod tests;

use platform::Function;

mod cancelling;
mod cards;
mod charging;
mod checkout_view;
mod confirming;
mod ending;
mod look;
mod provider_calls;
mod refunding;
mod refusal;
mod resolving;
mod returning;
mod view;

pub mod begin_top_up;
pub mod begin_trade_payment;

pub mod get_payment;
pub mod list_payments;
pub mod list_payments_for_staff;

pub mod confirm_payment;

pub mod cancel_payment;

pub mod delete_payment_method;
pub mod list_payment_methods;
pub mod register_payment_method;

pub mod charge_card;

pub mod on_webhook;
pub mod resolve_payments;
pub mod take_toss_webhook;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &begin_top_up::FUNCTION,
    &begin_trade_payment::FUNCTION,
    &get_payment::FUNCTION,
    &list_payments::FUNCTION,
    &list_payments_for_staff::FUNCTION,
    &confirm_payment::FUNCTION,
    &cancel_payment::FUNCTION,
    &register_payment_method::FUNCTION,
    &list_payment_methods::FUNCTION,
    &delete_payment_method::FUNCTION,
    &charge_card::FUNCTION,
    &take_toss_webhook::FUNCTION,
    &on_webhook::FUNCTION,
    &resolve_payments::FUNCTION,
];
