//! Ends the auction at its buy-now price.

use axum::extract::State;
use kernel::AuctionId;
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Now, Once, Path, Problem, Reply, Secret,
};
use store::Table;
use utoipa_axum::routes;

use crate::{
    bidding::{self, Intent, Request},
    refusal::BID_PROBLEMS,
    view::BidView,
};

const PATH: &str = "/v1/auctions/{auctionId}/buy-now";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "buy_now",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Required)
        .problems(BID_PROBLEMS),
)
.grants(&[Grant::table(Table::Auction).get().batch_get().update()])
.memory_mb(512)
.secrets(&[Secret::Signing]);

/// Buys at the buy-now price
///
/// The first to buy wins; the auction ends at once. Binding, like a bid.
#[utoipa::path(
    post,
    path = PATH,
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
