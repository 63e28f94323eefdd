//! Accounts, log-in, tokens, roles, blocks, address books.
//!
//! Promises: an e-mail, phone number or nickname belongs to one account, whatever races; a refresh
//! token is good once, and showing a used one ends its session; nobody gets more than five wrong
//! guesses per quarter of an hour, however parallel; an unknown user costs what a known one does.
//! Passwords and tokens are stored only as hashes and never reach a log or a problem document.
//!
//! An access token is believed until it expires (15 minutes): logging out, a new password or new
//! roles take effect at the next refresh.

mod limits;
mod problems;
mod session;
mod token;
mod view;

pub mod check_availability;
pub mod sign_up;

pub mod log_in;
pub mod log_out;
pub mod refresh_session;

pub mod edit_me;
pub mod read_me;
pub mod read_user;
pub mod set_roles;

pub mod block_user;
pub mod list_blocks;
pub mod read_block;
pub mod unblock_user;

pub mod create_address;
pub mod delete_address;
pub mod list_addresses;

pub mod read_jwks;

#[cfg(test)]
mod tests;

use platform::Function;

/// Every function of this context, one a line.
pub static FUNCTIONS: &[&Function] = &[
    &sign_up::FUNCTION,
    &check_availability::FUNCTION,
    &log_in::FUNCTION,
    &refresh_session::FUNCTION,
    &log_out::FUNCTION,
    &read_me::FUNCTION,
    &edit_me::FUNCTION,
    &read_user::FUNCTION,
    &set_roles::FUNCTION,
    &block_user::FUNCTION,
    &unblock_user::FUNCTION,
    &read_block::FUNCTION,
    &list_blocks::FUNCTION,
    &create_address::FUNCTION,
    &list_addresses::FUNCTION,
    &delete_address::FUNCTION,
    &read_jwks::FUNCTION,
];
