//! Keys of the payment table: payments and a user's cards.

use kernel::{Instant, PaymentId, PaymentMethodId, UserId};

use super::{
    identity::user,
    key::{ALONE, Key, listed, shard_of, shards_of},
};

/// Unresolved payments are spread over this many index partitions.
const UNRESOLVED_SHARDS: u8 = 4;

pub const PAYMENT_PREFIX: &str = "payment#";

#[must_use]
pub fn payment(payment: PaymentId) -> Key {
    Key::new(format!("{PAYMENT_PREFIX}{payment}"), ALONE)
}

/// What its provider answered last.
#[must_use]
pub fn payment_answer(payment: PaymentId) -> Key {
    Key::new(format!("payment-answer#{payment}"), ALONE)
}

/// `gsi1`: a user's payments, oldest first.
#[must_use]
pub fn payments_of(user: UserId) -> String {
    format!("payer#{user}")
}

/// `gsi2` of payments that are open, by when they are to be looked into. Left when nothing is.
#[must_use]
pub fn payment_unresolved(payment: PaymentId, until: Instant) -> (String, String) {
    let shard = shard_of(payment.uuid(), UNRESOLVED_SHARDS);
    (format!("unresolved#{shard}"), format!("{until}#{payment}"))
}
/// The largest sort key of what nobody is at by `now`.
#[must_use]
pub fn unresolved_until(now: Instant) -> String {
    format!("{now}~")
}
pub fn unresolved_shards() -> impl Iterator<Item = String> {
    (0..UNRESOLVED_SHARDS).map(|shard| format!("unresolved#{shard}"))
}

/// One of a user's cards, oldest first only by chance: ids follow from the registration.
#[must_use]
pub fn payment_method(of: UserId, id: PaymentMethodId) -> Key {
    Key::new(user(of), format!("{PAYMENT_METHOD_PREFIX}{id}"))
}
pub const PAYMENT_METHOD_PREFIX: &str = "method#";

/// How many cards a user has.
#[must_use]
pub fn payment_method_count(of: UserId) -> Key {
    Key::new(user(of), "methods")
}

/// How many bids of a user wait for a card, and for how much.
#[must_use]
pub fn card_bids(of: UserId) -> Key {
    Key::new(user(of), CARD_BIDS)
}
pub const CARD_BIDS: &str = "card-bids";

/// That a card was registered under this id, even if it is deleted by now.
#[must_use]
pub fn payment_method_used(of: UserId, id: PaymentMethodId) -> Key {
    Key::new(user(of), format!("used-method#{id}"))
}

/// `gsi3` of every payment, by its status and when it was begun.
#[must_use]
pub fn payment_listed(id: PaymentId, status: &str, begun: Instant) -> (String, String) {
    listed(&format!("payments#{status}"), id.uuid(), begun)
}
#[must_use]
pub fn payments_listed(status: &str) -> Vec<String> {
    shards_of(&format!("payments#{status}"))
}
