//! Puts an auction on the caller's watch list.

use axum::extract::State;
use http::StatusCode;
use kernel::{AuctionId, codes};
use platform::{App, Caller, Function, Grant, Http, Now, Path, Problem};
use store::{Read, Table};
use utoipa_axum::routes;

use crate::refusal;

const PATH: &str = "/v1/me/watches/{auctionId}";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "watch_auction",
    Http::put(PATH, || routes!(handle)).problems(&[codes::AUCTION_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Auction).get().put()]);

/// Watches an auction
///
/// Watching twice is watching once.
#[utoipa::path(
    put,
    path = PATH,
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
