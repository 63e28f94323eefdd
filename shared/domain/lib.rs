//! The rules of the market, pure: no I/O, no clock, no randomness, no serialization.
//!
//! Every command is `decide(state, command, now) -> Result<Decision, Rejection>`; whoever calls
//! it loads the state before and commits the decision after.

pub mod auction;
pub mod carrier;
pub mod catalog;
pub mod exchange;
pub mod identity;
pub mod ledger;
pub mod notification;
pub mod payment;
pub mod search;
pub mod trade;
pub mod withdrawal;
