//! The caller's own bids.

use axum::extract::State;
use kernel::{AuctionId, BidId, Instant, Won};
use platform::{
    App, Caller, Function, Grant, Http, Now, PageRequest, Paged, Problem, Reply, Secret,
};
use serde::Serialize;
use store::{Page, Table};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::view::{Outcome, StatusView};

const PATH: &str = "/v1/me/bids";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "list_my_bids",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[kernel::codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Auction).query().batch_get()])
.secrets(&[Secret::Sealing]);

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct MyBid {
    #[schema(value_type = String, format = Uuid)]
    id: BidId,
    #[schema(value_type = String, format = Uuid)]
    auction_id: AuctionId,
    sequence: u32,
    #[schema(value_type = i64, example = 12_000)]
    amount: Won,
    #[schema(value_type = i64, example = 20_000)]
    max_amount: Won,
    /// What the bid was answered with.
    outcome: Outcome,
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
    is_void: bool,
    /// The auction as it stands now.
    auction_status: StatusView,
    #[schema(value_type = i64, example = 12_500)]
    auction_price: Won,
    /// Whether the caller leads the auction (or won it) now.
    is_leading: bool,
}

/// Lists my bids
///
/// By auction, the newest auction first; a bid appears a moment after its answer.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100"),
        ("cursor" = Option<String>, Query, description = "The `nextCursor` of the page before"),
    ),
    responses((status = 200, body = Paged<MyBid>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    request: PageRequest,
) -> Result<Reply, Problem> {
    let after = request.after.clone();
    let page = app.store.bids_by(caller.user, None, request.limit, after).await?;
    let mut rows = page.items;
    rows.sort_by_key(|row| std::cmp::Reverse((row.auction, row.entry.sequence)));
    let mut ids: Vec<AuctionId> = rows.iter().map(|row| row.auction).collect();
    ids.dedup();
    let heads = app.store.auction_heads(&ids).await?;
    let items = rows.into_iter().filter_map(|row| {
        let at = ids.iter().position(|id| *id == row.auction)?;
        let head = heads.get(at)?.as_ref()?;
        Some(MyBid {
            id: row.entry.bid_id(row.auction),
            auction_id: row.auction,
            sequence: row.entry.sequence,
            amount: row.entry.amount,
            max_amount: row.entry.maximum,
            outcome: Outcome::of(&row.entry),
            received_at: row.entry.received_at,
            is_void: row.voided_by.is_some(),
            auction_status: StatusView::of(head, now),
            auction_price: head.price,
            is_leading: head.lead.is_some_and(|lead| lead.bidder == caller.user),
        })
    });
    let page = Page { items: items.collect(), next: page.next };
    Reply::ok(&request.render(&app, page)?)
}

#[cfg(test)]
mod tests;
