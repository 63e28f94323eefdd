//! GET /v1/auctions/{auctionId}/ledger — the whole hash chain, to be verified by anyone.

use axum::extract::State;
use domain::auction::{Salt, Status};
use kernel::{AuctionId, BidId, Instant, UserId, Won, codes};
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, Path, Problem,
    Reply, Trigger,
};
use serde::Serialize;
use store::{
    Read, Table,
    auction::{AuctionRow, LedgerRow},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{closing::close_if_due, refusal, view::StatusView};

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "read_ledger",
    summary: "Exports an auction's ledger",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/auctions/{auctionId}/ledger",
        access: Access::Public,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::AUCTION_NOT_FOUND, codes::LEDGER_CATCHING_UP],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(
        Table::Auction,
        &["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"],
    )],
    memory_mb: 512,
    timeout_s: 29,
};

/// The ledger. Maximums, the reserve and their salts are there once the auction is over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LedgerView {
    #[schema(example = "jangteo-ledger/1")]
    format: &'static str,
    terms: TermsView,
    status: StatusView,
    /// The price that the winner owes (or the current one).
    #[schema(value_type = i64)]
    price: Won,
    /// Who leads or won, by name within the auction.
    leader: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Instant,
    epoch: u32,
    /// The hash of the last entry.
    chain: String,
    entries: Vec<EntryView>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TermsView {
    #[schema(value_type = String, format = Uuid)]
    auction_id: AuctionId,
    #[schema(value_type = String, format = Uuid)]
    seller_id: UserId,
    #[schema(value_type = i64)]
    start_price: Won,
    #[schema(value_type = Option<i64>)]
    increment: Option<Won>,
    #[schema(value_type = Option<i64>)]
    buy_now_price: Option<Won>,
    #[schema(value_type = String, format = DateTime)]
    starts_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    scheduled_end: Instant,
    /// `SHA-256(salt ‖ reserve)`; 0 when there is none.
    reserve_commitment: String,
    #[schema(value_type = Option<i64>)]
    reserve: Option<Won>,
    reserve_salt: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EntryView {
    sequence: u32,
    epoch: u32,
    /// `bid`, `buy-now`, or `void-<sequence>`.
    kind: String,
    #[schema(value_type = String, format = Uuid)]
    bid_id: BidId,
    bidder: String,
    #[schema(value_type = i64)]
    amount: Won,
    /// `SHA-256(salt ‖ maximum)`
    maximum_commitment: String,
    #[schema(value_type = Option<i64>)]
    maximum: Option<Won>,
    salt: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    received_at: Instant,
    #[schema(value_type = i64)]
    price: Won,
    leader: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    ends_at: Instant,
    hash: String,
}

/// Each entry's hash covers the one before it and the terms. `cargo xtask verify-auction`
/// recomputes
/// chain, winner and price from this file, offline, and names the first entry that does not fit.
#[utoipa::path(
    get,
    path = "/v1/auctions/{auctionId}/ledger",
    params(("auctionId" = String, Path, format = Uuid, description = "The auction")),
    responses((status = 200, body = LedgerView, description = "The ledger, oldest entry first"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path(auction): Path<AuctionId>,
) -> Result<Reply, Problem> {
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let head = head.ok_or_else(|| refusal::not_found(auction))?;
    let head = close_if_due(&app, head, now).await?;
    let row = app.store.auction_row(auction).await?;
    let row = row.ok_or_else(|| refusal::not_found(auction))?;
    let rows = app.store.ledger_whole(auction).await?;
    let recorded = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    if recorded < head.sequence {
        let detail = format!("{recorded} of {} entries are recorded.", head.sequence);
        return Err(
            Problem::new(codes::LEDGER_CATCHING_UP, detail).retry_after(kernel::Span::seconds(1))
        );
    }
    let open = head.status != Status::Open;
    let taken = usize::try_from(head.sequence).unwrap_or(usize::MAX);
    Reply::ok(&LedgerView {
        format: domain::auction::ledger::FORMAT,
        terms: terms(&head, &row, open)?,
        status: StatusView::of(&head, now),
        price: head.price,
        leader: head.lead.map(|lead| lead.tag.to_string()),
        ends_at: head.ends_at,
        epoch: head.epoch,
        chain: head.chain.to_string(),
        entries: rows.into_iter().take(taken).map(|row| entry(&row, open)).collect(),
    })
}

fn terms(head: &domain::auction::Head, row: &AuctionRow, open: bool) -> Result<TermsView, Problem> {
    let terms = &head.terms;
    let salt: Salt = row.reserve_salt.parse().map_err(Problem::internal)?;
    let reserve = terms.reserve.unwrap_or(Won::ZERO);
    Ok(TermsView {
        auction_id: terms.auction,
        seller_id: terms.seller,
        start_price: terms.start_price,
        increment: terms.increment,
        buy_now_price: terms.buy_now,
        starts_at: terms.starts_at,
        scheduled_end: terms.scheduled_end,
        reserve_commitment: domain::auction::ledger::commitment(salt, reserve).to_string(),
        reserve: open.then_some(reserve),
        reserve_salt: open.then(|| row.reserve_salt.clone()),
    })
}

fn entry(row: &LedgerRow, open: bool) -> EntryView {
    let line = row.entry.line(row.auction);
    EntryView {
        sequence: line.sequence,
        epoch: line.epoch,
        kind: line.kind.to_string(),
        bid_id: line.bid,
        bidder: line.tag.to_string(),
        amount: line.amount,
        maximum_commitment: line.maximum_commitment.to_string(),
        maximum: open.then_some(row.entry.maximum),
        salt: open.then(|| row.entry.salt.to_string()),
        received_at: line.received_at,
        price: line.price,
        leader: line.leader.map(|tag| tag.to_string()),
        ends_at: line.ends_at,
        hash: line.hash.to_string(),
    }
}

#[cfg(test)]
mod tests;
