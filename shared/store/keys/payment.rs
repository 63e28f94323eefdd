//! Keys of a user's cards, in the payment table.

use kernel::{PaymentMethodId, UserId};

use super::{Key, user};

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

/// That a card was registered under this id, even if it is deleted by now.
#[must_use]
pub fn payment_method_used(of: UserId, id: PaymentMethodId) -> Key {
    Key::new(user(of), format!("used-method#{id}"))
}
