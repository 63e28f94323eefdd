//! Ends the auction at its buy-now price.

use axum::extract::State;
use kernel::{AuctionId, Won};
use platform::{
    App, Arrived, AttemptTimes, Caller, Function, Grant, Http, IdempotencyRule, OptionalJson, Path,
    Problem, Reply, RequestKey, Secret,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
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
.grants(&[
    Grant::table(Table::Auction).get().batch_get().update(),
    Grant::table(Table::Identity).get().batch_get(),
    Grant::table(Table::Session).batch_get(),
])
.memory_mb(512)
.attempts(AttemptTimes::SHORT)
.secrets(&[Secret::Signing]);

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BuyAuction {
    /// Won; what you take the buy-now price to be. Another price is 409 `price-changed`.
    #[schema(
        value_type = Option<i64>, example = 30_000, minimum = 1, maximum = 1_000_000_000_000_i64
    )]
    expected_price: Option<Won>,
}

/// Buys at the buy-now price
///
/// The first to buy wins; the auction ends at once. Binding, like a bid.
#[utoipa::path(
    post,
    path = PATH,
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    request_body = Option<BuyAuction>,
    responses((status = 201, body = BidView, description = "Bought"))
)]
async fn handle(
    State(app): State<App>,
    arrived: Arrived,
    caller: Caller,
    Path(auction): Path<AuctionId>,
    key: RequestKey,
    OptionalJson(body): OptionalJson<BuyAuction>,
) -> Result<Reply, Problem> {
    let intent = Intent::BuyNow(body.unwrap_or_default().expected_price);
    let request = Request::new(auction, &caller, intent, arrived);
    // On the heap: what is around it moves the handler's future about, and most of it is this.
    Box::pin(bidding::place(&app, &key, &request)).await
}

#[cfg(test)]
mod tests;
