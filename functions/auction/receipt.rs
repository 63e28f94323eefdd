//! Signed receipts: proof, in the bidder's hands, of what the ledger must show.

use domain::auction::Entry;
use kernel::{AuctionId, BidId, Instant, Won};
use platform::{App, Problem};
use serde::Serialize;

/// What a receipt states. Signed as a compact JWS (EdDSA); the key is at `/.well-known/jwks.json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReceiptClaims {
    typ: &'static str,
    auction_id: AuctionId,
    bid_id: BidId,
    sequence: u32,
    epoch: u32,
    bidder: String,
    amount: Won,
    max_amount: Won,
    /// Opens the ledger's commitment to the maximum.
    salt: String,
    received_at: Instant,
    price: Won,
    ends_at: Instant,
    /// The entry's place in the chain.
    hash: String,
}

/// The receipt of an entry, which is this bid. The same entry always gives the same text.
pub fn sign(app: &App, auction: AuctionId, bid: BidId, entry: &Entry) -> Result<String, Problem> {
    app.keys.sign(&ReceiptClaims {
        typ: "bid-receipt",
        auction_id: auction,
        bid_id: bid,
        sequence: entry.sequence,
        epoch: entry.epoch,
        bidder: entry.tag.to_string(),
        amount: entry.amount,
        max_amount: entry.maximum,
        salt: entry.salt.to_string(),
        received_at: entry.received_at,
        price: entry.price,
        ends_at: entry.ends_at,
        hash: entry.hash.to_string(),
    })
}
