//! The checker is checked: bugs that are put in on purpose, each of which the simulation must find.
//!
//! A checker that never complained has shown nothing yet. Two kinds of bugs are seeded here. The
//! catalogue's change a request on its way to the embedded cloud, so that the product's own code
//! runs as it is and what it commits is wrong: [`catalogue`]. The others change a copy of the
//! source: [`patches`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "this is test code"
)]

pub mod catalogue;
pub mod hunt;
pub mod patches;
pub mod source;
pub mod tamper;
pub mod wire;

#[cfg(test)]
mod tests;
