//! The exchange: asks and bids on catalogue items (`rules.md`, "Exchange").
//!
//! Promises: an incoming order meets the best resting order of the other side, the oldest among
//! equals, at the resting order's price, or comes to rest where nothing crosses it. [`decide`] says
//! so as conditions on two small heads, one a side; whatever else happens at the same time, a book
//! in which all of them held when they were committed is never crossed and never out of order
//! ([`book`] is the sequential truth that the tests compare with).

pub mod book;
mod execution;
mod instrument;
mod matching;
mod order;
mod price;
pub mod views;

pub use execution::{BookEffect, Encounter, Execution, WrongCounterpart, trade_of_match};
pub use instrument::{BookSide, Instrument};
pub use matching::{
    Guard, Head, Incoming, Own, Place, Plan, Rejection, Rest, Resting, Seen, Take, decide,
};
pub use order::{
    EXPIRY_DAYS, End, Met, Order, OrderFunding, OrderState, PlacedAs, RETURNED_FOR, Refusal, Terms,
    TimeInForce, agreement, expiry,
};
pub use price::{
    CARD_BIDS_MAX, CARD_BIDS_WON_MAX, InvalidPrice, PRICE_MAX, PRICE_STEP, Price, Quote,
    ask_deposit, card_bid_deposit, quote,
};

use kernel::OrderId;

#[cfg(test)]
mod tests;

/// Which way an order goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Buy,
    Sell,
}

/// The name of what a buy order holds in its owner's wallet: the money, or a card bid's deposit.
#[must_use]
pub fn hold_of(order: OrderId) -> String {
    format!("order#{order}")
}

/// The name of the deposit of a sell order, the order's own and then its trade's.
#[must_use]
pub fn deposit_of(order: OrderId) -> String {
    format!("ask#{order}")
}

impl Side {
    pub const ALL: &[Self] = &[Self::Buy, Self::Sell];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
        }
    }
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|side| side.as_str() == text)
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }

    /// Whether an order of this side at `price` is served before one at `than`. Won.
    #[must_use]
    pub const fn better(self, price: i64, than: i64) -> bool {
        match self {
            Self::Buy => price > than,
            Self::Sell => price < than,
        }
    }

    /// Whether an order of this side at `price` takes one of the other side at `theirs`. Won.
    #[must_use]
    pub const fn crosses(self, price: i64, theirs: i64) -> bool {
        match self {
            Self::Buy => theirs <= price,
            Self::Sell => theirs >= price,
        }
    }
}
