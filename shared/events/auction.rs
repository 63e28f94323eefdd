//! What `auction` tells: auctions, their bids and how they end.

use kernel::{AuctionId, BidId, Instant, UserId, Won};
use serde::{Deserialize, Serialize};

use crate::envelope::Event;

/// A seller offered something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuctionCreated {
    pub auction_id: AuctionId,
    pub ends_at: Instant,
}
impl Event for AuctionCreated {
    const KIND: &'static str = "AuctionCreated";
}

/// A bidder no longer leads, or never came to lead.
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
impl Event for OutBid {
    const KIND: &'static str = "OutBid";
}

/// An admin took a fraudulent bid back.
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
impl Event for BidVoided {
    const KIND: &'static str = "BidVoided";
}

/// The price or the end moved.
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
impl Event for PriceChanged {
    const KIND: &'static str = "PriceChanged";
}

/// It ends within half an hour, by its scheduled end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuctionEndingSoon {
    pub auction_id: AuctionId,
    pub title: String,
    pub ends_at: Instant,
}
impl Event for AuctionEndingSoon {
    const KIND: &'static str = "AuctionEndingSoon";
}

/// It is over, once and for all.
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
impl Event for AuctionClosed {
    const KIND: &'static str = "AuctionClosed";
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
