//! GET /v1/auctions/{auctionId} — one auction, as it stands this moment.

use axum::extract::State;
use kernel::AuctionId;
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, MaybeCaller, Method, Now, Path,
    Problem, Reply, Trigger,
};
use store::{Read, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{closing::close_if_due, refusal, view::AuctionView};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "get_auction",
    summary: "Shows an auction",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/auctions/{auctionId}",
        access: Access::Public,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[kernel::codes::AUCTION_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Auction, &["dynamodb:GetItem", "dynamodb:UpdateItem"])],
    memory_mb: 256,
    timeout_s: 10,
};

/// Price, leader and end are exact at the time of the answer. Signed-in callers also learn whether
/// they lead, and their own maximum.
#[utoipa::path(
    get,
    path = "/v1/auctions/{auctionId}",
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
