//! Every event of the product, by the context that tells it.

use kernel::{AuctionId, BidId, Instant, UserId, Won};
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

/// notification: a message to a phone or mailbox waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageWaiting {
    /// The row to send, by its key.
    pub message: String,
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
impl Event for PriceChanged {
    const KIND: &'static str = "PriceChanged";
}
impl Event for AuctionClosed {
    const KIND: &'static str = "AuctionClosed";
}
impl Event for MessageWaiting {
    const KIND: &'static str = "MessageWaiting";
}
