//! Accounts, the names they hold, their sessions, and whom they blocked.
//!
//! A name (e-mail, phone, nickname) is unique because it is an item of its own, created and deleted
//! in the transaction that changes its account. The tables hold e-mail and phone in the clear;
//! passwords and refresh tokens only as hashes.

mod account;
mod address;
mod block;
mod change;
mod session;

pub use crate::label::{AccountWrite, AddressWrite, BlockWrite};
pub use account::{Contact, Staying};
pub use address::{AddressRow, address_creation};
pub(crate) use address::{read_address, write_address};
pub use block::{Block, Blocking};
pub use change::ChangeError;
pub(crate) use session::is_over;
pub use session::{Rotated, Rotation, Session, SessionOf};
