//! POST /v1/auctions/{auctionId}/buy-now — ends the auction at its buy-now price.

use axum::extract::State;
use kernel::AuctionId;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Once, Path,
    Problem, Reply, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    bidding::{self, Intent, Request},
    refusal::BID_PROBLEMS,
    view::BidView,
};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "buy_now",
    summary: "Buys at the buy-now price",
    trigger: Trigger::Http(Http {
        method: Method::Post,
        path: "/v1/auctions/{auctionId}/buy-now",
        access: Access::User,
        idempotency: IdempotencyRule::Required,
        delivery: Delivery::Buffered,
        problems: BID_PROBLEMS,
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(
        Table::Auction,
        &["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"],
    )],
    memory_mb: 512,
    timeout_s: 10,
};

/// The first to buy wins; the auction ends at once. Binding, like a bid.
#[utoipa::path(
    post,
    path = "/v1/auctions/{auctionId}/buy-now",
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    responses((status = 201, body = BidView, description = "Bought"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(auction): Path<AuctionId>,
    once: Once,
) -> Result<Reply, Problem> {
    let request = Request { auction, bidder: caller.user, intent: Intent::BuyNow, now };
    bidding::place(&app, &once, &request).await
}

#[cfg(test)]
mod tests;
