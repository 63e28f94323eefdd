//! What keeps the product running and explains it: the outbox relay and its sweep, the health
//! check, what staff did, the API reference, and the answer to requests that no other function
//! takes.

pub mod answer_unknown;
pub mod check_health;
pub mod list_staff_acts;
mod openapi;
pub mod relay_outbox;
pub mod show_docs;
pub mod show_openapi;
pub mod sweep_outbox;

#[cfg(test)]
mod tests;

use platform::Function;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &relay_outbox::FUNCTION,
    &sweep_outbox::FUNCTION,
    &check_health::FUNCTION,
    &list_staff_acts::FUNCTION,
    &show_docs::FUNCTION,
    &show_openapi::FUNCTION,
    &answer_unknown::FUNCTION,
];
