//! The exchange: asks and bids on catalogue items (`rules.md`, "Exchange").

use kernel::OrderId;

/// The name of what a buy order holds in its owner's wallet.
#[must_use]
pub fn hold_of(order: OrderId) -> String {
    format!("order#{order}")
}
