//! One auction, as it stands this moment.

use axum::extract::State;
use kernel::AuctionId;
use platform::{Access, App, Function, Grant, Http, MaybeCaller, Now, Path, Problem, Reply};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::{closing::close_if_due, refusal, view::AuctionView};

const PATH: &str = "/v1/auctions/{auctionId}";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "get_auction",
    Http::get(PATH, || routes!(handle))
        .access(Access::Public)
        .problems(&[kernel::codes::AUCTION_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Auction).get().update()]);

/// Shows an auction
///
/// Price, leader and end are exact at the time of the answer. Signed-in callers also learn whether
/// they lead, and their own maximum.
#[utoipa::path(
    get,
    path = PATH,
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    responses((status = 200, body = AuctionView, description = "The auction"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    MaybeCaller(caller): MaybeCaller,
    Path(auction): Path<AuctionId>,
) -> Result<Reply, Problem> {
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let head = head.ok_or_else(|| refusal::not_found(auction))?;
    let head = close_if_due(&app, head, now).await?;
    let row = app.store.auction_row(auction).await?;
    let row = row.ok_or_else(|| refusal::not_found(auction))?;
    Reply::ok(&AuctionView::new(row, &head, caller.map(|caller| caller.user), now))
}

#[cfg(test)]
mod tests;
