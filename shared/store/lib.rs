//! DynamoDB: what is stored, under which keys, and the few ways to change it.
//!
//! Every write carries a condition. A command's whole effect is one [`Transaction`]; a hot item is
//! changed by one conditional [`Write`] whose failure brings the state for the next decision.

mod batch;
mod client;
mod codec;
mod connection;
mod error;
mod item;
mod label;
mod operations;
mod query;
mod sifted;
mod spread;
mod swept;
mod table;
mod transaction;
mod write;

pub mod auction;
pub mod blobs;
pub mod catalog;
pub mod exchange;
pub mod idempotency;
pub mod identity;
pub mod keys;
pub mod lease;
pub mod ledger;
pub mod meter;
pub mod notification;
pub mod outbox;
pub mod parcel;
pub mod payment;
pub mod payment_method;
pub mod public_keys;
pub mod rate;
pub mod retry;
pub mod signed;
pub mod staff;
pub mod trade;
pub mod wallet;

pub use codec::{Corrupt, ItemReader, ItemWriter, from_item, to_item};
pub use error::{CommitError, StoreError};
pub use item::Item;
pub use keys::Key;
pub use label::{Label, Unnamed};
pub use operations::{Read, Store};
pub use query::{Page, Position, Query};
pub use spread::PageOf;
pub use swept::Interval;
pub use table::{Table, TableSpec};
pub use transaction::{Committed, Transaction};
pub use write::Write;
