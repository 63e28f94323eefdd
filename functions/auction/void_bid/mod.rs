//! Takes a fraudulent bid back (admin).

use axum::extract::State;
use domain::{
    auction::{Entry, EntryKind, Head, void},
    identity::Role,
};
use kernel::{AuctionId, BidId, UserId, codes};
use platform::{
    Access, App, Caller, Function, Grant, Http, IdempotencyRule, Now, Once, Path, Problem, Reply,
    retry::Policy,
};
use store::{Read, Table, Transaction};
use utoipa_axum::routes;

use crate::{closing::close_if_due, memory::Heads, on_head, refusal, staff, view::AuctionView};

const PATH: &str = "/v1/auctions/{auctionId}/bids/{bidId}/void";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "void_bid",
    Http::post(PATH, || routes!(handle))
        .access(Access::Role(Role::Admin))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[
            codes::AUCTION_NOT_FOUND,
            codes::AUCTION_ENDED,
            codes::BID_NOT_FOUND,
            codes::BID_ALREADY_VOID,
            codes::LEDGER_CATCHING_UP,
        ]),
)
.grants(&[
    Grant::table(Table::Auction).get().query().put().update(),
    Grant::table(Table::Operation).get().put(),
])
.memory_mb(512)
.timeout_s(29);

const VOID: Policy = Policy::named("void-bid", 16);

/// Voids a fraudulent bid
///
/// The state is rebuilt from the ledger without the bid, and `epoch` rises. The bid stays in the
/// ledger, followed by the entry that voids it. Whoever sells or bids in the auction may not.
#[utoipa::path(
    post,
    path = PATH,
    params(
        ("auctionId" = String, Path, format = Uuid, description = "The auction"),
        ("bidId" = String, Path, format = Uuid, description = "The bid"),
    ),
    responses((status = 200, body = AuctionView, description = "The auction without the bid"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path((auction, bid)): Path<(AuctionId, BidId)>,
    once: Once,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let row = app.store.auction_row(auction).await?;
    let row = row.ok_or_else(|| refusal::not_found(auction))?;
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let mut head = head.ok_or_else(|| refusal::not_found(auction))?;
    let mut attempts = VOID.attempts();
    while attempts.again() {
        head = close_if_due(&app, head, now).await?;
        let history = history(&app, &head).await?;
        if head.terms.seller == caller.user || bid_by(&history, caller.user) {
            return Err(staff::party());
        }
        let sequence = named(&history, auction, bid);
        let (next, _) = void(&head, &history, sequence, now).map_err(refusal::void)?;
        let changed = staff::changed(&head, &next, format!("bid#{bid}"));
        let act = platform::staff::act(&app, &caller, changed, now);
        let view = AuctionView::new(row.clone(), &next, Some(caller.user), now);
        let transaction = Transaction::new().auction_advancing(head.sequence, &next, now);
        let transaction = transaction.auction_judged(auction, caller.user).staff_act(&act)?;
        match on_head::commit(&app, &once, transaction, Reply::ok(&view)?).await? {
            Ok(reply) => {
                app.memory::<Heads>().put(&next, now);
                return Ok(reply);
            }
            Err(newer) => head = newer,
        }
    }
    Err(attempts.exhausted().into())
}

fn bid_by(history: &[Entry], user: UserId) -> bool {
    history.iter().any(|entry| entry.bidder == user)
}

/// The bid of that name, 0 when there is none. Of two under one name the one not void yet.
fn named(history: &[Entry], auction: AuctionId, bid: BidId) -> u32 {
    let bids =
        history.iter().filter(|entry| entry.kind == EntryKind::Bid && entry.bid_id(auction) == bid);
    let is_void = |sequence| history.iter().any(|entry| entry.kind == EntryKind::Void { sequence });
    let sequences = bids.map(|entry| entry.sequence);
    sequences.min_by_key(|sequence| is_void(*sequence)).unwrap_or(0)
}

/// The ledger up to `head`: the recorded rows, and the newest entries that only the head has yet.
async fn history(app: &App, head: &Head) -> Result<Vec<Entry>, Problem> {
    let rows = app.store.ledger_whole(head.terms.auction).await?;
    let mut history: Vec<Entry> = rows.into_iter().map(|row| row.entry).collect();
    history.retain(|entry| entry.sequence <= head.sequence);
    let known = history.last().map_or(0, |entry| entry.sequence);
    let newer = head.recent.iter().rev().filter(|entry| entry.sequence > known);
    history.extend(newer.cloned());
    let gapless = (1..=head.sequence).eq(history.iter().map(|entry| entry.sequence));
    if gapless {
        return Ok(history);
    }
    let detail = "The newest bids are still being recorded. Try again in a second.";
    Err(Problem::new(codes::LEDGER_CATCHING_UP, detail).retry_after(kernel::Span::seconds(1)))
}

#[cfg(test)]
mod tests;
