//! Third parties that take and move money and goods, behind narrow traits.
//!
//! An adapter speaks its provider's documented wire format and sorts what comes back into few
//! outcomes. It never repeats a call by itself: what an outcome means is the caller's decision.

mod answer;
mod billing;
pub mod carrier;
mod client;
mod error;
mod gateways;
mod kakaopay;
pub mod payout;
mod provider;
mod toss;
mod transport;

#[cfg(feature = "fake")]
pub mod fake;
#[cfg(test)]
mod tests;

use kernel::Span;

pub use answer::ANSWER_BYTES_MAX;
pub use billing::{Authorization, CardBilling, Charge, IssuedKey};
pub use error::GatewayError;
pub use gateways::{Gateways, Settings};
pub use kakaopay::{KakaoPay, KakaoPaySettings};
pub(crate) use provider::returning;
pub use provider::{
    Approval, Call, Cancellation, Checkout, Order, PaymentProvider, Reference, order_id, payment_of,
};
pub use toss::{Toss, TossSettings};
pub use transport::{Carried, Transport};

/// How long a provider may take to answer before the outcome counts as unknown. Two calls, asking
/// and looking what came of it, fit into the 29 s that API Gateway waits.
pub const ANSWER_WITHIN: Span = Span::seconds(13);
