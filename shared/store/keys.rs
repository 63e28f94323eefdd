//! The only place that spells keys and index names: one file a context.

mod auction;
mod catalog;
mod exchange;
mod identity;
mod key;
mod notification;
mod operation;
mod outbox;
mod payment;
mod trade;
mod wallet;

pub use auction::*;
pub use catalog::*;
pub use exchange::*;
pub use identity::*;
pub use key::{Key, LIST_SHARDS};
pub use notification::*;
pub use operation::*;
pub use outbox::*;
pub use payment::*;
pub use trade::*;
pub use wallet::*;
