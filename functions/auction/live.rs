//! The price of this moment, as the stream and the route that an edge keeps tell it: one body.

use domain::auction::{Head, Status};
use kernel::{AuctionId, Instant, Won};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{StatusView, end_of};

/// What a viewer sees of an auction while it runs. It says nothing of who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LivePrice {
    #[schema(value_type = String, format = Uuid)]
    pub auction_id: AuctionId,
    pub status: StatusView,
    /// The current price; the start price before the first bid.
    #[schema(value_type = i64, example = 12_500)]
    pub price: Won,
    /// The least amount that can be bid next.
    #[schema(value_type = i64, example = 13_000)]
    pub minimum_next_bid: Won,
    pub bid_count: u32,
    /// The leader's (or winner's) name within this auction.
    #[schema(example = "9f86d081884c7d65")]
    pub leader: Option<String>,
    /// Whether the hidden reserve is met; true when there is none.
    pub reserve_met: bool,
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Instant,
    /// Rises when an admin voids a bid: only then may the price be lower than before.
    pub epoch: u32,
    /// The ledger's newest entry. Of two bodies of one epoch, the greater sequence is the newer.
    pub sequence: u32,
    /// The server's clock: a client counts down by this, not by its own.
    #[schema(value_type = String, format = DateTime)]
    pub now: Instant,
}

impl LivePrice {
    pub fn new(head: &Head, now: Instant) -> Self {
        Self {
            auction_id: head.terms.auction,
            status: StatusView::of(head, now),
            price: head.price,
            minimum_next_bid: head.minimum_next_bid(),
            bid_count: head.bid_count,
            leader: head.lead.map(|lead| lead.tag.to_string()),
            reserve_met: head.reserve_met(),
            starts_at: head.terms.starts_at,
            ends_at: end_of(head),
            epoch: head.epoch,
            sequence: head.sequence,
            now,
        }
    }
}

/// Where an auction stands, or what a client has seen of it: `epoch-sequence-phase`. Every change
/// that is pushed makes it greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    pub epoch: u32,
    pub sequence: u32,
    pub phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Scheduled,
    /// Also past its end, until it is closed: a bid in time may still be on its way.
    Open,
    Over,
}

impl Mark {
    pub fn of(head: &Head, now: Instant) -> Self {
        let phase = match head.status {
            Status::Open if now < head.terms.starts_at => Phase::Scheduled,
            Status::Open => Phase::Open,
            Status::Won | Status::SoldBuyNow | Status::Unsold | Status::Cancelled => Phase::Over,
        };
        Self { epoch: head.epoch, sequence: head.sequence, phase }
    }

    /// `None` for whatever no event of ours carries.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let epoch = parts.next()?.parse().ok()?;
        let sequence = parts.next()?.parse().ok()?;
        let phase = match parts.next()? {
            "0" => Phase::Scheduled,
            "1" => Phase::Open,
            "2" => Phase::Over,
            _ => return None,
        };
        Some(Self { epoch, sequence, phase })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let phase = match self.phase {
            Phase::Scheduled => 0,
            Phase::Open => 1,
            Phase::Over => 2,
        };
        write!(f, "{}-{}-{phase}", self.epoch, self.sequence)
    }
}
