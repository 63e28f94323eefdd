//! The accepted bids, newest first, bidders masked.

use axum::extract::State;
use domain::auction::EntryKind;
use kernel::{AuctionId, BidId, Instant, Won};
use platform::{
    Access, App, Function, Grant, Http, MaybeCaller, PageRequest, Paged, Path, Problem, Reply,
    Secret,
};
use serde::Serialize;
use store::{Page, Read, Table, auction::LedgerRow};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::refusal;

const PATH: &str = "/v1/auctions/{auctionId}/bids";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "list_bids",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[kernel::codes::AUCTION_NOT_FOUND, kernel::codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Auction).get().query()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HistoryLine {
    #[schema(value_type = String, format = Uuid)]
    id: BidId,
    sequence: u32,
    /// The bidder's name within this auction.
    #[schema(example = "9f86d081884c7d65")]
    bidder: String,
    #[schema(value_type = i64, example = 12_000)]
    amount: Won,
    /// The price after the bid.
    #[schema(value_type = i64, example = 12_500)]
    price: Won,
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
    is_buy_now: bool,
    /// Taken back by an admin.
    is_void: bool,
    is_mine: bool,
}

/// Lists an auction's bids
///
/// The history as recorded; a bid appears a moment after its answer.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("auctionId" = String, Path, format = Uuid, description = "The auction"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100"),
        ("cursor" = Option<String>, Query, description = "The `nextCursor` of the page before"),
    ),
    responses((status = 200, body = Paged<HistoryLine>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    MaybeCaller(caller): MaybeCaller,
    Path(auction): Path<AuctionId>,
    request: PageRequest,
) -> Result<Reply, Problem> {
    let head = app.store.auction_head(auction, Read::Eventual).await?;
    head.ok_or_else(|| refusal::not_found(auction))?;
    let page = app.store.ledger(auction, request.limit, true, request.after.clone()).await?;
    let me = caller.map(|caller| caller.user);
    let bids = page.items.into_iter().filter(|row| !is_void_entry(row));
    let items = bids.map(|row| HistoryLine {
        id: row.entry.bid_id(auction),
        sequence: row.entry.sequence,
        bidder: row.entry.tag.to_string(),
        amount: row.entry.amount,
        price: row.entry.price,
        received_at: row.entry.received_at,
        is_buy_now: row.entry.kind == EntryKind::BuyNow,
        is_void: row.voided_by.is_some(),
        is_mine: Some(row.entry.bidder) == me,
    });
    let page = Page { items: items.collect(), next: page.next };
    Reply::ok(&request.render(&app, page)?)
}

const fn is_void_entry(row: &LedgerRow) -> bool {
    matches!(row.entry.kind, EntryKind::Void { .. })
}

#[cfg(test)]
mod tests;
