//! A whole marketplace in a test: the embedded cloud, a fixed clock, and invariants that are
//! checked from committed rows when the test ends.
//!
//! ```ignore
//! let app = TestApp::start(auction::FUNCTIONS).await;
//! let minji = app.signed_in("minji");
//! let reply = app.post("/v1/auctions").bearer(&minji.token).json(json!({…})).send().await;
//! assert_eq!(reply.status(), 201);
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

mod app;
mod card_bids;
mod exchange;
mod invariants;
mod judge;
mod money;
mod parcels;
mod payments;
mod priority_checker;
mod request;
mod rows;
mod start;

pub use app::{TestApp, User, permissions_used};
pub use judge::{Judged, judge};
pub use priority_checker::PriorityChecker;
pub use request::{Reply, RequestBuilder};
pub use rows::Rows;
pub use start::START;
