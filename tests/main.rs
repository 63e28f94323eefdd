//! Tests of the product as a whole. One binary, because every further one links everything again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is test code, helpers included"
)]

mod access;
mod answers;
mod bootstraps;
mod budgets;
mod debts;
mod documents;
mod errors;
mod event_map;
mod events;
mod house;
mod journeys;
mod log_lines;
mod names;
mod reference;
mod rotation;
mod support;
mod template;
mod workers;
mod workspace;
