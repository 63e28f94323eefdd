//! What `exchange` tells: matched orders and best asks.

use kernel::{CatalogItemId, Instant, OrderId, PaymentMethodId, UserId, Won};
use serde::{Deserialize, Serialize};

use crate::{envelope::Event, trade::TradeFacts};

/// Two orders met; the buyer's money is to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeMatched {
    pub trade: TradeFacts,
    /// What the buyer pays: the price and the buyer's fee.
    pub total: Won,
    pub funding: MatchFunding,
}
impl Event for TradeMatched {
    const KIND: &'static str = "TradeMatched";
}

/// Where a matched buyer's money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "from")]
pub enum MatchFunding {
    Wallet,
    Card { payment_method_id: PaymentMethodId },
}

/// An item can be bought for less than before, or at all, and somebody waits for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceFell {
    pub item_id: CatalogItemId,
    /// As `domain::catalog::ItemOption` spells it.
    pub option: String,
    /// The lowest ask.
    pub price: Won,
    /// The version of the quotes that say so: who began to wait after it is not meant.
    pub version: u32,
}
impl Event for PriceFell {
    const KIND: &'static str = "PriceFell";
}

/// A price that a user waited for is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceReached {
    pub user_id: UserId,
    pub item_id: CatalogItemId,
    /// As `domain::catalog::ItemOption` spells it.
    pub option: String,
    /// The item's name and the option.
    pub title: String,
    /// The lowest ask.
    pub price: Won,
    /// What the user waited for.
    pub wanted: Won,
}
impl Event for PriceReached {
    const KIND: &'static str = "PriceReached";
}

/// An order as the events of its end say it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderFacts {
    pub order_id: OrderId,
    pub user_id: UserId,
    /// `buy` or `sell`.
    pub side: String,
    /// The item's name and the option.
    pub title: String,
    /// The limit.
    pub price: Won,
    /// What was held for it in its owner's wallet.
    pub held: Won,
}

/// An order ended by its time; what was held for it is free again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderExpired {
    pub order: OrderFacts,
}
impl Event for OrderExpired {
    const KIND: &'static str = "OrderExpired";
}

/// The card of whoever met an ask was declined: the ask is in its old place again, or over because
/// it cannot return there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AskReturned {
    pub order: OrderFacts,
    /// Until when it rests; `None`: it is over, and what was held for it is free again.
    pub until: Option<Instant>,
}
impl Event for AskReturned {
    const KIND: &'static str = "AskReturned";
}
