//! What `trade` tells: trades on their way.

use kernel::{AuctionId, CatalogItemId, Instant, OrderId, TradeId, UserId, Won};
use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// What every event of a trade says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeFacts {
    pub trade_id: TradeId,
    /// The auction that was won; absent for other sales.
    pub auction_id: Option<AuctionId>,
    /// The orders that met; absent for other sales.
    #[serde(default)]
    pub exchange: Option<ExchangeFacts>,
    /// 0, or which second-chance offer.
    pub round: u8,
    pub seller_id: UserId,
    pub buyer_id: UserId,
    pub title: String,
    pub price: Won,
}

/// Which orders on what met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExchangeFacts {
    pub item_id: CatalogItemId,
    /// As `domain::catalog::ItemOption` spells it.
    pub option: String,
    pub buy_order_id: OrderId,
    pub sell_order_id: OrderId,
    /// The buyer wants the next ask when the goods fail inspection.
    #[serde(rename = "again")]
    pub rebuy_if_failed: bool,
}

/// It went a step on, and somebody is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeMoved {
    pub trade: TradeFacts,
    pub step: TradeStep,
    /// Until when whoever is next must act.
    pub until: Option<Instant>,
}
impl Event for TradeMoved {
    const KIND: &'static str = "TradeMoved";
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TradeStep {
    Opened,
    PaymentReminded,
    ShipmentReminded,
    MeetingReminded,
    HandInReminded,
    ConsentReminded,
    ConfirmationReminded,
    Paid,
    Shipped,
    WrongCode,
    CodeRenewed,
    /// By the carrier.
    PickedUp,
    Received,
    ConsentAsked,
    Passed,
    Forwarded,
    Delivered,
    /// The parcel is under way for too long.
    Late,
    Disputed,
    Stated,
    RefundOffered,
    /// After all.
    ArrivedDisputed,
    /// To an admin.
    DecisionReminded,
    ReturnRuled,
    ReturnReminded,
    SentBack,
    ArrivedBack,
    ObjectionReminded,
    /// What went back is in doubt.
    Doubted,
    Settled,
}

/// The sale stands; the seller's money is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeCompleted {
    pub trade: TradeFacts,
    /// What both sides agreed to give back of the price.
    #[serde(default)]
    pub refunded: Won,
    /// That goes back to the provider that took it; else the buyer has it in the wallet.
    #[serde(default)]
    pub refunding: bool,
}
impl Event for TradeCompleted {
    const KIND: &'static str = "TradeCompleted";
}

/// It came to nothing, and the penalty is taken as far as the money went. What was paid from the
/// wallet is there again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeCancelled {
    pub trade: TradeFacts,
    /// As `domain::trade::Reason` spells it.
    pub reason: String,
    pub penalty: Won,
    /// How much of the penalty the buyer has: the rest is owed.
    #[serde(default)]
    pub taken: Won,
    pub paid: bool,
    /// What was paid goes back to the provider that took it.
    #[serde(default)]
    pub refunding: bool,
    /// The deposit of a card bid whose card did not pay: the seller's now.
    #[serde(default)]
    pub forfeited: Won,
}
impl Event for TradeCancelled {
    const KIND: &'static str = "TradeCancelled";
}

/// Something of a penalty that could not be taken was collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PenaltyCollected {
    pub trade: TradeFacts,
    pub debtor_id: UserId,
    pub amount: Won,
    /// Still owed.
    pub left: Won,
}
impl Event for PenaltyCollected {
    const KIND: &'static str = "PenaltyCollected";
}

/// Winner and second-chance bidders all let it go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaleFailed {
    pub auction_id: AuctionId,
    pub seller_id: UserId,
    pub title: String,
}
impl Event for SaleFailed {
    const KIND: &'static str = "SaleFailed";
}
