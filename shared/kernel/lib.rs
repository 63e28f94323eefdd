//! The words every other crate uses: ids, won, instants, the clock, problem codes.
//!
//! No I/O, no async runtime, no randomness of its own: whoever needs the time or a fresh id
//! is handed it.

mod causes;
mod clock;
mod id;
mod instant;
mod problem;
mod won;

pub mod codes;

pub use causes::causes;
pub use clock::{Clock, Sleep};
pub use id::{
    AddressId, AuctionId, BidId, CatalogItemId, Id, InvalidId, NotificationId, OrderId, PaymentId,
    PaymentMethodId, SessionId, TradeId, UserId, WithdrawalId, uuid_of,
};
pub use instant::{Instant, InvalidInstant, Span, seoul_day, seoul_midnight};
pub use problem::ProblemCode;
pub use won::{InvalidWon, Won};
