//! Bids, by hand or by proxy.

use axum::extract::State;
use domain::auction::{Offer, OfferError};
use kernel::{AuctionId, Won};
use platform::{
    App, Arrived, AttemptTimes, Caller, Function, Grant, Http, IdempotencyRule, Json, Path,
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

const PATH: &str = "/v1/auctions/{auctionId}/bids";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "place_bid",
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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PlaceBid {
    /// Won; at least the start price. With a `maxAmount` that reaches the auction's
    /// `minimumNextBid` an amount below that is taken at the minimum; without, it is refused.
    #[schema(value_type = i64, example = 12_000, minimum = 1)]
    amount: Won,
    /// Won; hidden. Up to this you are bid for automatically. Defaults to `amount`.
    #[schema(value_type = Option<i64>, example = 20_000)]
    max_amount: Option<Won>,
}

/// Places a bid
///
/// A bid is binding. The answer is definitive: `leading`, `outbid` by a hidden maximum, `bought` at
/// the buy-now price, or a problem that names why and the minimum next bid. Send an
/// `Idempotency-Key`; repeating the request with it repeats the answer, never the bid.
#[utoipa::path(
    post,
    path = PATH,
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    request_body = PlaceBid,
    responses((status = 201, body = BidView, description = "Accepted; Location has its receipt"))
)]
async fn handle(
    State(app): State<App>,
    arrived: Arrived,
    caller: Caller,
    Path(auction): Path<AuctionId>,
    key: RequestKey,
    Json(body): Json<PlaceBid>,
) -> Result<Reply, Problem> {
    let intent = Intent::Bid(offer(&body)?);
    let request = Request::new(auction, &caller, intent, arrived);
    // On the heap: what is around it moves the handler's future about, and most of it is this.
    Box::pin(bidding::place(&app, &key, &request)).await
}

fn offer(body: &PlaceBid) -> Result<Offer, Problem> {
    Offer::new(body.amount, body.max_amount).map_err(|error| {
        let pointer = match error {
            OfferError::AmountZero => "/amount",
            OfferError::MaximumBelowAmount => "/maxAmount",
        };
        Problem::field(pointer, "invalid", error.to_string())
    })
}

#[cfg(test)]
mod tests;
