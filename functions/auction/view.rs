//! What clients see of an auction. Never a maximum, a reserve or an account behind a bid, unless
//! it is the caller's own.

use domain::auction::{Entry, EntryKind, Head, Status, Terms};
use kernel::{AuctionId, BidId, Instant, UserId, Won};
use platform::{App, Problem};
use serde::Serialize;
use store::auction::AuctionRow;
use utoipa::ToSchema;

use crate::receipt;

/// An auction as anyone sees it, with the caller's own flags when signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuctionView {
    #[schema(value_type = String, format = Uuid)]
    pub id: AuctionId,
    pub title: String,
    pub description: String,
    #[schema(value_type = String, format = Uuid)]
    pub seller_id: UserId,
    pub status: StatusView,
    #[schema(value_type = i64, example = 10_000)]
    pub start_price: Won,
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
    #[schema(value_type = Option<i64>)]
    pub buy_now_price: Option<Won>,
    /// The step that the seller fixed; null: the table's.
    #[schema(value_type = Option<i64>)]
    pub increment: Option<Won>,
    /// Whether a bid in the last five minutes moves the end.
    pub soft_close: bool,
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Instant,
    /// Moves when a bid comes within the last five minutes; a buy-now ends the auction at once.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    pub scheduled_end: Instant,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Rises when an admin voids a bid: only then may the price be lower than before.
    pub epoch: u32,
    /// The ledger's newest entry.
    pub sequence: u32,
    pub is_mine: bool,
    /// The hidden reserve, for its seller alone.
    #[schema(value_type = Option<i64>)]
    pub reserve_price: Option<Won>,
    /// Whether the caller leads (or won).
    pub is_leading: bool,
    /// The caller's own hidden maximum, while leading.
    #[schema(value_type = Option<i64>)]
    pub my_max_amount: Option<Won>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatusView {
    Scheduled,
    Open,
    /// Over by the clock; the outcome follows within seconds.
    Ended,
    Won,
    SoldBuyNow,
    Unsold,
    Cancelled,
}

impl StatusView {
    pub fn of(head: &Head, now: Instant) -> Self {
        match head.status {
            Status::Open if now < head.terms.starts_at => Self::Scheduled,
            Status::Open if now >= head.ends_at => Self::Ended,
            Status::Open => Self::Open,
            Status::Won => Self::Won,
            Status::SoldBuyNow => Self::SoldBuyNow,
            Status::Unsold => Self::Unsold,
            Status::Cancelled => Self::Cancelled,
        }
    }
}

/// When it ends, or ended: a buy-now ends it at once, whatever its end was to be (F27).
pub fn end_of(head: &Head) -> Instant {
    match (head.status, head.recent.first()) {
        (Status::SoldBuyNow, Some(bought)) => end_after(bought),
        _ => head.ends_at,
    }
}

fn end_after(entry: &Entry) -> Instant {
    if entry.kind == EntryKind::BuyNow { entry.received_at } else { entry.ends_at }
}

impl AuctionView {
    pub fn new(row: AuctionRow, head: &Head, caller: Option<UserId>, now: Instant) -> Self {
        let mine = head.lead.filter(|lead| Some(lead.bidder) == caller);
        Self {
            id: row.auction,
            title: row.title,
            description: row.description,
            seller_id: row.seller,
            status: StatusView::of(head, now),
            start_price: head.terms.start_price,
            price: head.price,
            minimum_next_bid: head.minimum_next_bid(),
            bid_count: head.bid_count,
            leader: head.lead.map(|lead| lead.tag.to_string()),
            reserve_met: head.reserve_met(),
            buy_now_price: head.terms.buy_now,
            increment: head.terms.increment,
            soft_close: head.terms.soft_close,
            starts_at: head.terms.starts_at,
            ends_at: end_of(head),
            scheduled_end: head.terms.scheduled_end,
            created_at: row.created_at,
            epoch: head.epoch,
            sequence: head.sequence,
            is_mine: Some(row.seller) == caller,
            reserve_price: head.terms.reserve.filter(|_| Some(row.seller) == caller),
            is_leading: mine.is_some(),
            my_max_amount: mine.map(|lead| lead.maximum),
        }
    }
}

/// The answer to an accepted bid. It follows from the ledger entry alone, so a repeated request
/// gets the same bytes, until the bid is taken back.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BidView {
    #[schema(value_type = String, format = Uuid)]
    pub id: BidId,
    #[schema(value_type = String, format = Uuid)]
    pub auction_id: AuctionId,
    /// The bid's place in the ledger.
    pub sequence: u32,
    pub outcome: Outcome,
    /// What was offered; of a leader who only raised the own maximum, at most the price. Below the
    /// price where a maximum carried it further.
    #[schema(value_type = i64, example = 12_000)]
    pub amount: Won,
    #[schema(value_type = i64, example = 20_000)]
    pub max_amount: Won,
    /// The price after this bid.
    #[schema(value_type = i64, example = 12_500)]
    pub price: Won,
    /// The least amount that could be bid after this bid.
    #[schema(value_type = i64, example = 13_000)]
    pub minimum_next_bid: Won,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Instant,
    /// The auction's end after this bid.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Instant,
    /// Whether the hidden reserve is met after this bid; true when there is none.
    pub reserve_met: bool,
    /// A signed statement of this bid: compact JWS, EdDSA, verifiable with
    /// `/.well-known/jwks.json`.
    pub receipt: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The bid leads.
    Leading,
    /// The bid was accepted and raised the price, but another bidder's hidden maximum is higher.
    Outbid,
    /// The auction is over: bought at the buy-now price.
    Bought,
    /// An admin took the bid back since: it binds nobody.
    Voided,
}

impl Outcome {
    pub fn of(entry: &Entry) -> Self {
        match entry.kind {
            EntryKind::BuyNow => Self::Bought,
            _ if entry.leads() => Self::Leading,
            _ => Self::Outbid,
        }
    }
}

/// Whether the head, or the row of the bid, knows that it was taken back.
pub fn is_taken_back(head: &Head, bid: &Entry, voided_by: Option<u32>) -> bool {
    let voids = |entry: &Entry| entry.kind == EntryKind::Void { sequence: bid.sequence };
    voided_by.is_some() || head.recent.iter().any(voids)
}

impl BidView {
    /// What is said of the bid from now on, if it was taken back: its receipt still proves that it
    /// was placed, and it does not lead.
    #[must_use]
    pub fn taken_back(self, voided: bool) -> Self {
        let outcome = if voided { Outcome::Voided } else { self.outcome };
        Self { outcome, ..self }
    }

    pub fn new(app: &App, terms: &Terms, entry: &Entry) -> Result<Self, Problem> {
        let id = entry.bid_id(terms.auction);
        Ok(Self {
            id,
            auction_id: terms.auction,
            sequence: entry.sequence,
            outcome: Outcome::of(entry),
            amount: entry.amount,
            max_amount: entry.maximum,
            price: entry.price,
            minimum_next_bid: terms.next_above(entry.price),
            received_at: entry.received_at,
            ends_at: end_after(entry),
            reserve_met: terms.reserve.is_none_or(|reserve| entry.price >= reserve),
            receipt: receipt::sign(app, terms.auction, id, entry)?,
        })
    }
}
