//! PUT /v1/me/watches/{auctionId} — puts an auction on the caller's watch list.

use axum::extract::State;
use http::StatusCode;
use kernel::{AuctionId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path,
    Problem, Trigger,
};
use store::{Read, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::refusal;

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "watch_auction",
    summary: "Watches an auction",
    trigger: Trigger::Http(Http {
        method: Method::Put,
        path: "/v1/me/watches/{auctionId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::AUCTION_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Auction, &["dynamodb:GetItem", "dynamodb:PutItem"])],
    memory_mb: 256,
    timeout_s: 10,
};

/// Watching twice is watching once.
#[utoipa::path(
    put,
    path = "/v1/me/watches/{auctionId}",
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    responses((status = 204, description = "Watched"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(auction): Path<AuctionId>,
) -> Result<StatusCode, Problem> {
    let head = app.store.auction_head(auction, Read::Eventual).await?;
    head.ok_or_else(|| refusal::not_found(auction))?;
    app.store.watch(caller.user, auction, now).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests;
