//! Takes an auction back.

use axum::extract::State;
use domain::{
    auction::{Head, Status, cancel},
    identity::Role,
};
use kernel::{AuctionId, UserId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
    parse, retry::Policy,
};
use serde::Deserialize;
use store::{Read, Table, Transaction};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{closing::close_if_due, on_head, refusal, staff, view::AuctionView};

const PATH: &str = "/v1/auctions/{auctionId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "cancel_auction",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Optional).problems(&[
        codes::AUCTION_NOT_FOUND,
        codes::FORBIDDEN,
        codes::AUCTION_CANCELLED,
        codes::AUCTION_ENDED,
        codes::AUCTION_HAS_BIDS,
    ]),
)
.grants(&[
    Grant::table(Table::Auction).get().query().update(),
    Grant::table(Table::Operation).get().put(),
]);

const CANCEL: Policy = Policy::named("cancel-auction", 16);
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelAuction {
    /// 1 to 200 characters; kept in the log of the decision.
    #[schema(example = "물건이 파손되었습니다", max_length = 200)]
    reason: String,
}

/// Cancels an auction
///
/// Sellers may cancel until the first bid, admins until the end: not those who sell or bid there.
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
    once: Once,
    Json(body): Json<CancelAuction>,
) -> Result<Reply, Problem> {
    let reason = parse::reason(&body.reason)?;
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let row = app.store.auction_row(auction).await?;
    let row = row.ok_or_else(|| refusal::not_found(auction))?;
    let as_admin = row.seller != caller.user;
    if as_admin && !caller.has(Role::Admin) {
        return Err(Problem::new(codes::FORBIDDEN, "Only the seller or an admin may cancel."));
    }
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let mut head = head.ok_or_else(|| refusal::not_found(auction))?;
    let mut attempts = CANCEL.attempts();
    while attempts.again() {
        if as_admin && bids_in(&app, &head, caller.user).await? {
            return Err(staff::party());
        }
        head = close_if_due(&app, head, now).await?;
        cancel(&head, as_admin, now).map_err(refusal::cancel)?;
        let after = Head { status: Status::Cancelled, ..head.clone() };
        let view = AuctionView::new(row.clone(), &after, Some(caller.user), now);
        let mut transaction = Transaction::new().auction_cancelling(&head, reason, now);
        if as_admin {
            let changed = staff::changed(&head, &after, reason.to_owned());
            let act = platform::staff::act(&app, &caller, changed, now);
            transaction = transaction.staff_act(&act)?;
        }
        match on_head::commit(&app, &once, transaction, Reply::ok(&view)?).await? {
            Ok(reply) => return Ok(reply),
            Err(newer) => head = newer,
        }
    }
    Err(attempts.exhausted().into())
}

/// Whether `user` bids there: by the newest entries, which may not be recorded yet, or the rows.
async fn bids_in(app: &App, head: &Head, user: UserId) -> Result<bool, Problem> {
    let newest = head.recent.iter().any(|entry| entry.bidder == user);
    let leads = head.lead.is_some_and(|lead| lead.bidder == user);
    Ok(newest || leads || app.store.has_bid(head.terms.auction, user).await?)
}

#[cfg(test)]
mod tests;
