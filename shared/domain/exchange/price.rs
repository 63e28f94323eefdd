//! Prices and what they come to.

use kernel::Won;

use super::Side;
use crate::trade::policy::{EXCHANGE_BUYER_PERCENT, EXCHANGE_SELLER_PERCENT, share};

/// Prices are multiples of this (`rules.md`).
pub const PRICE_STEP: Won = Won::constant(1_000);
/// With the buyer's fee on top still within the limit of an amount.
pub const PRICE_MAX: Won = Won::constant(970_000_000_000);

/// A price this far from the last trade is confirmed before it is placed (`rules.md`).
pub const OFF_PERCENT: i64 = 10;

/// What a seller sets aside for an ask, in percent of its price (`rules.md`, "Exchange").
pub const ASK_DEPOSIT_PERCENT: i64 = 10;

/// What a buyer sets aside for a bid that a card pays, in percent of its price, and at least
/// (`rules.md`, "Exchange").
pub const CARD_BID_DEPOSIT_PERCENT: i64 = 3;
pub const CARD_BID_DEPOSIT_MIN: Won = Won::constant(1_000);
/// How many bids of one buyer may wait for a card at a time, and for how much together.
pub const CARD_BIDS_MAX: i64 = 10;
pub const CARD_BIDS_WON_MAX: Won = Won::constant(30_000_000);

/// A price of the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price(Won);

/// An amount that is no price of the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a price must be a multiple of 1000 won, from 1000 to 970000000000")]
pub struct InvalidPrice;

impl Price {
    pub const fn new(amount: Won) -> Result<Self, InvalidPrice> {
        let won = amount.get();
        let stepped = won % PRICE_STEP.get() == 0;
        if stepped && won >= PRICE_STEP.get() && won <= PRICE_MAX.get() {
            Ok(Self(amount))
        } else {
            Err(InvalidPrice)
        }
    }

    #[must_use]
    pub const fn won(self) -> Won {
        self.0
    }
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0.get()
    }

    /// Whether it is more than [`OFF_PERCENT`] away from the last trade; from none, it never is.
    #[must_use]
    pub fn is_off(self, last: Option<Won>) -> bool {
        let away = |last: Won| (self.get() - last.get()).abs() * 100 > last.get() * OFF_PERCENT;
        last.is_some_and(away)
    }
}

/// What an order at a price comes to, before it is placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    pub price: Price,
    /// The platform's.
    pub fee: Won,
    /// What the buyer pays, or the seller receives.
    pub total: Won,
}

/// The fees of one side (`rules.md`, "Trade"), rounded down to the won.
#[must_use]
pub fn quote(side: Side, price: Price) -> Quote {
    let won = price.won();
    match side {
        Side::Buy => {
            let fee = share(won, EXCHANGE_BUYER_PERCENT);
            Quote { price, fee, total: won.saturating_add(fee) }
        }
        Side::Sell => {
            let fee = share(won, EXCHANGE_SELLER_PERCENT);
            Quote { price, fee, total: won.checked_sub(fee).unwrap_or_default() }
        }
    }
}

/// What is held of a seller's wallet while an ask or its trade may fail by the seller's doing;
/// rounded down to the won.
#[must_use]
pub fn ask_deposit(price: Price) -> Won {
    share(price.won(), ASK_DEPOSIT_PERCENT)
}

/// What is held of a buyer's wallet until the card that is to pay a bid has paid it.
#[must_use]
pub fn card_bid_deposit(price: Price) -> Won {
    share(price.won(), CARD_BID_DEPOSIT_PERCENT).max(CARD_BID_DEPOSIT_MIN)
}
