//! The auction's own row: what it is about, and at last how it ended.

use events::{AuctionOutcome, Winner};
use kernel::{AuctionId, Instant, UserId};
use serde::{Deserialize, Serialize};

use crate::{Corrupt, Item, keys, to_item};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuctionRow {
    pub auction: AuctionId,
    pub seller: UserId,
    pub title: String,
    pub description: String,
    pub created_at: Instant,
    /// The scheduled end. The head's moves with late bids; the index of ends follows it in steps,
    /// for the row and its index entries must not be rewritten at every bid.
    pub ends_at: Instant,
    /// Hex; blinds the reserve in the ledger until the end.
    pub reserve_salt: String,
    /// When its watchers were told that it ends soon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soon_told_at: Option<Instant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Closing {
    pub outcome: AuctionOutcome,
    pub winner: Option<Winner>,
    pub closed_at: Instant,
}

impl AuctionRow {
    /// The item of a new auction, on both lists.
    pub(super) fn item(&self) -> Result<Item, Corrupt> {
        let mut item = to_item(&keys::auction(self.auction), self)?;
        let (running, newest) = keys::auctions_running(self.auction);
        let (ending, soonest) = keys::auctions_ending(self.auction, self.ends_at);
        let index =
            [("gsi1pk", running), ("gsi1sk", newest), ("gsi2pk", ending), ("gsi2sk", soonest)];
        for (name, text) in index {
            item.insert(name.to_owned(), aws_sdk_dynamodb::types::AttributeValue::S(text));
        }
        Ok(item)
    }
}
