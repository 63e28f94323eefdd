//! Takes an auction back.

use axum::extract::State;
use domain::{
    auction::{Head, Status, cancel},
    identity::Role,
};
use kernel::{AuctionId, codes};
use platform::{
    App, Caller, Function, Grant, Http, Json, Now, Path, Problem, Reply, retry::Policy,
};
use serde::Deserialize;
use store::{CommitError, Read, Table, auction::decode_head};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{closing::close_if_due, refusal, view::AuctionView};

const PATH: &str = "/v1/auctions/{auctionId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "cancel_auction",
    Http::post(PATH, || routes!(handle)).problems(&[
        codes::AUCTION_NOT_FOUND,
        codes::FORBIDDEN,
        codes::AUCTION_CANCELLED,
        codes::AUCTION_ENDED,
        codes::AUCTION_HAS_BIDS,
    ]),
)
.grants(&[Grant::table(Table::Auction).get().update()]);

const CANCEL: Policy = Policy::named("cancel-auction", 16);
const REASON_CHARS_MAX: usize = 200;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelAuction {
    /// 1 to 200 characters; kept in the log of the decision.
    #[schema(example = "물건이 파손되었습니다", max_length = 200)]
    reason: String,
}

/// Cancels an auction
///
/// Sellers may cancel until the first bid, admins until the end.
#[utoipa::path(
    post,
    path = PATH,
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    request_body = CancelAuction,
    responses((status = 200, body = AuctionView, description = "Cancelled"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(auction): Path<AuctionId>,
    Json(body): Json<CancelAuction>,
) -> Result<Reply, Problem> {
    let reason = reason(&body.reason)?;
    let row = app.store.auction_row(auction).await?;
    let row = row.ok_or_else(|| refusal::not_found(auction))?;
    let is_admin = caller.has(Role::Admin);
    if row.seller != caller.user && !is_admin {
        return Err(Problem::new(codes::FORBIDDEN, "Only the seller or an admin may cancel."));
    }
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let mut head = head.ok_or_else(|| refusal::not_found(auction))?;
    let mut attempts = CANCEL.attempts();
    while attempts.again() {
        head = close_if_due(&app, head, now).await?;
        cancel(&head, is_admin, now).map_err(refusal::cancel)?;
        match app.store.auction_cancel(&head, reason, now).await {
            Ok(()) => {
                let head = Head { status: Status::Cancelled, ..head };
                return Reply::ok(&AuctionView::new(row, &head, Some(caller.user), now));
            }
            Err(CommitError::Condition { item: Some(item), .. }) => {
                head = decode_head(&item)?;
                // Its own effect, when the answer to the write was lost and the SDK wrote again.
                if head.status == Status::Cancelled {
                    return Reply::ok(&AuctionView::new(row, &head, Some(caller.user), now));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(attempts.exhausted().into())
}

fn reason(raw: &str) -> Result<&str, Problem> {
    let reason = raw.trim();
    if (1..=REASON_CHARS_MAX).contains(&reason.chars().count()) {
        return Ok(reason);
    }
    Err(Problem::field("/reason", "invalid", "The reason must have 1 to 200 characters."))
}

#[cfg(test)]
mod tests;
