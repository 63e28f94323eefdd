//! Every event of the product, by the context that tells it.

use kernel::{
    AuctionId, BidId, CatalogItemId, Instant, OrderId, PaymentId, PaymentMethodId, TradeId, UserId,
    WithdrawalId, Won,
};
use serde::{Deserialize, Serialize};

use crate::Event;

/// identity: an account was created.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserSignedUp {
    pub user_id: UserId,
    pub nickname: String,
}

/// auction: a seller offered something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuctionCreated {
    pub auction_id: AuctionId,
    pub ends_at: Instant,
}

/// auction: a bidder no longer leads, or never came to lead.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutBid {
    pub auction_id: AuctionId,
    /// Who is to be told.
    pub bidder_id: UserId,
    /// The bid that beat (or withstood) theirs.
    pub by_bid_id: BidId,
    pub price: Won,
    pub ends_at: Instant,
}

/// auction: an admin took a fraudulent bid back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BidVoided {
    pub auction_id: AuctionId,
    /// Whose bid it was.
    pub bidder_id: UserId,
    /// Who leads now and did not before: bound again by a bid they were told was beaten.
    pub leader_id: Option<UserId>,
    pub price: Won,
    pub ends_at: Instant,
}

/// auction: the price or the end moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceChanged {
    pub auction_id: AuctionId,
    pub epoch: u32,
    pub sequence: u32,
    pub price: Won,
    pub bid_count: u32,
    pub ends_at: Instant,
}

/// auction: it is over, once and for all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuctionClosed {
    pub auction_id: AuctionId,
    pub seller_id: UserId,
    pub title: String,
    pub outcome: AuctionOutcome,
    /// The winner and what the winner owes; absent when unsold or cancelled.
    pub winner: Option<Winner>,
    pub closed_at: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuctionOutcome {
    Won,
    SoldBuyNow,
    Unsold,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Winner {
    pub user_id: UserId,
    pub bid_id: BidId,
    pub price: Won,
}

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
    pub again: bool,
}

/// exchange: two orders met; the buyer's money is to be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeMatched {
    pub trade: TradeFacts,
    /// What the buyer pays: the price and the buyer's fee.
    pub total: Won,
    pub funding: MatchFunding,
}

/// Where a matched buyer's money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "from")]
pub enum MatchFunding {
    Wallet,
    Card { payment_method_id: PaymentMethodId },
}

/// trade: it went a step on, and somebody is to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeMoved {
    pub trade: TradeFacts,
    pub step: TradeStep,
    /// Until when whoever is next must act.
    pub until: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TradeStep {
    Opened,
    PaymentReminded,
    ShipmentReminded,
    ConsentReminded,
    ConfirmationReminded,
    Paid,
    Shipped,
    Received,
    ConsentAsked,
    Passed,
    Forwarded,
    Delivered,
    Settled,
}

/// trade: the buyer has the goods; the seller's money is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeCompleted {
    pub trade: TradeFacts,
}

/// trade: it came to nothing. A paid one is refunded already; the penalty is still to be moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeCancelled {
    pub trade: TradeFacts,
    /// As `domain::trade::Reason` spells it.
    pub reason: String,
    pub penalty: Won,
    pub paid: bool,
}

/// trade: winner and second-chance bidders all let it go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SaleFailed {
    pub auction_id: AuctionId,
    pub seller_id: UserId,
    pub title: String,
}

/// wallet: money is held and is to be sent to its user's bank account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WithdrawalRequested {
    pub withdrawal_id: WithdrawalId,
    pub user_id: UserId,
}

/// notification: a message to a phone or mailbox waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageWaiting {
    /// The row to send, by its key.
    pub message: String,
}

/// What every event of a payment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentFacts {
    pub payment_id: PaymentId,
    pub user_id: UserId,
    /// The trade it was meant for; absent for a top-up.
    pub trade_id: Option<TradeId>,
    pub amount: Won,
    pub provider: String,
}

/// payment: the money arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentDone {
    pub payment: PaymentFacts,
    pub landed: PaymentLanding,
}

/// Where paid money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentLanding {
    /// A top-up, or a payment whose trade could not take it any more.
    Wallet,
    Trade,
}

/// payment: the money will not arrive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentFailed {
    pub payment: PaymentFacts,
    /// As `domain::payment::Decline` spells it.
    pub reason: String,
}

/// payment: money went back to where it was paid from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentCancelled {
    pub payment: PaymentFacts,
    /// This time.
    pub amount: Won,
    /// With this time.
    pub total: Won,
}

impl Event for PaymentDone {
    const KIND: &'static str = "PaymentDone";
}
impl Event for PaymentFailed {
    const KIND: &'static str = "PaymentFailed";
}
impl Event for PaymentCancelled {
    const KIND: &'static str = "PaymentCancelled";
}
impl Event for UserSignedUp {
    const KIND: &'static str = "UserSignedUp";
}
impl Event for AuctionCreated {
    const KIND: &'static str = "AuctionCreated";
}
impl Event for OutBid {
    const KIND: &'static str = "OutBid";
}
impl Event for BidVoided {
    const KIND: &'static str = "BidVoided";
}
impl Event for PriceChanged {
    const KIND: &'static str = "PriceChanged";
}
impl Event for AuctionClosed {
    const KIND: &'static str = "AuctionClosed";
}
impl Event for MessageWaiting {
    const KIND: &'static str = "MessageWaiting";
}
impl Event for TradeMatched {
    const KIND: &'static str = "TradeMatched";
}
impl Event for TradeMoved {
    const KIND: &'static str = "TradeMoved";
}
impl Event for TradeCompleted {
    const KIND: &'static str = "TradeCompleted";
}
impl Event for TradeCancelled {
    const KIND: &'static str = "TradeCancelled";
}
impl Event for SaleFailed {
    const KIND: &'static str = "SaleFailed";
}
impl Event for WithdrawalRequested {
    const KIND: &'static str = "WithdrawalRequested";
}

/// catalog: an item was created, edited or deleted. Its options and tags tell nothing here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CatalogItemChanged {
    pub item_id: CatalogItemId,
    /// The item's version with this change.
    pub version: u32,
}
impl Event for CatalogItemChanged {
    const KIND: &'static str = "CatalogItemChanged";
}

/// exchange: an item can be bought for less than before, or at all, and somebody waits for that.
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

/// exchange: a price that a user waited for is reached.
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
