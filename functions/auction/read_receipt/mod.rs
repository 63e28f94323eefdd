//! The signed receipt, for the bidder alone.

use axum::extract::State;
use domain::auction::EntryKind;
use kernel::{AuctionId, BidId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem, Reply, Secret};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{
    refusal,
    view::{BidView, is_taken_back},
};

const PATH: &str = "/v1/auctions/{auctionId}/bids/{bidId}/receipt";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "read_receipt",
    Http::get(PATH, || routes!(handle)).problems(&[codes::AUCTION_NOT_FOUND, codes::BID_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Auction).get().query()])
.secrets(&[Secret::Signing]);

/// A bidder's bids on one auction, read at a time.
const BIDS_PAGE: u32 = 100;

/// Shows the receipt of my bid
///
/// The same answer that the bid got, for as long as the auction is kept; its outcome is `voided`
/// once an admin took the bid back.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("auctionId" = String, Path, format = Uuid, description = "The auction"),
        ("bidId" = String, Path, format = Uuid, description = "The caller's bid"),
    ),
    responses((status = 200, body = BidView, description = "The bid with its receipt"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path((auction, bid)): Path<(AuctionId, BidId)>,
) -> Result<Reply, Problem> {
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let head = head.ok_or_else(|| refusal::not_found(auction))?;
    // The newest bids may not be recorded yet; the head still carries them.
    let newest = head.recent.iter().find(|entry| {
        let is_bid = !matches!(entry.kind, EntryKind::Void { .. });
        entry.bidder == caller.user && is_bid && entry.bid_id(auction) == bid
    });
    if let Some(entry) = newest {
        let view = BidView::new(&app, &head.terms, entry)?;
        return Reply::ok(&view.taken_back(is_taken_back(&head, entry, None)));
    }
    let mut after = None;
    loop {
        let page = app.store.bids_by(caller.user, Some(auction), BIDS_PAGE, after).await?;
        if let Some(row) = page.items.iter().find(|row| row.entry.bid_id(auction) == bid) {
            let view = BidView::new(&app, &head.terms, &row.entry)?;
            let voided = is_taken_back(&head, &row.entry, row.voided_by);
            return Reply::ok(&view.taken_back(voided));
        }
        after = page.next;
        if after.is_none() {
            let detail = format!("You placed no bid {bid} on this auction.");
            return Err(Problem::new(codes::BID_NOT_FOUND, detail));
        }
    }
}

#[cfg(test)]
mod tests;
