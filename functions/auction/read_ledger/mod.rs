//! The whole hash chain, to be verified by anyone.

use axum::extract::State;
use domain::auction::{Head, Salt, Status};
use kernel::{AuctionId, BidId, Instant, Span, UserId, Won, codes};
use platform::{
    Access, App, Function, Grant, Http, Now, PageRequest, Path, Problem, QueryString, Reply, Secret,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{
    Page, Position, Read, Table,
    auction::{AuctionRow, LedgerRow},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::{
    closing::close_if_due,
    refusal,
    view::{StatusView, end_of},
};

const PATH: &str = "/v1/auctions/{auctionId}/ledger";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "read_ledger",
    Http::get(PATH, || routes!(handle)).takes_query().access(Access::Public).problems(&[
        codes::AUCTION_NOT_FOUND,
        codes::LEDGER_CATCHING_UP,
        codes::INVALID_CURSOR,
    ]),
)
.grants(&[Grant::table(Table::Auction).get().query().update()])
.memory_mb(512)
.timeout_s(29)
.secrets(&[Secret::Signing, Secret::Sealing]);

/// How many entries one answer carries.
const ENTRIES_A_PAGE: u32 = 1_000;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LedgerQuery {
    /// The `nextCursor` of the answer before.
    cursor: Option<String>,
}

/// The ledger. Maximums, the reserve and their salts are there once the auction has sold.
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
    /// Auction, status, sequence, epoch, chain, price, leader and end as a compact JWS, verifiable
    /// with `/.well-known/jwks.json`.
    statement: String,
    /// Up to 1,000, oldest first.
    entries: Vec<EntryView>,
    /// Ask with it for the next entries; null with the last.
    next_cursor: Option<String>,
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
    /// Whether late bids moved the end.
    soft_close: bool,
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

/// Exports an auction's ledger
///
/// Each entry's hash covers the one before it and the terms. `cargo xtask verify-auction`
/// recomputes chain, winner and price from this file, offline, and names the first entry that does
/// not fit. Each page sums up the entries that were there when it was read: the last page's head
/// is the auction's.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("auctionId" = String, Path, format = Uuid, description = "The auction"),
        LedgerQuery,
    ),
    responses((status = 200, body = LedgerView, description = "The ledger, oldest entry first"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Path(auction): Path<AuctionId>,
    QueryString(query): QueryString<LedgerQuery>,
) -> Result<Reply, Problem> {
    let scope = format!("auction-read-ledger#{auction}");
    let request = PageRequest::parse(&app, scope, None, query.cursor.as_deref())?;
    let head = app.store.auction_head(auction, Read::Consistent).await?;
    let head = head.ok_or_else(|| refusal::not_found(auction))?;
    let head = close_if_due(&app, head, now).await?;
    let row = app.store.auction_row(auction).await?;
    let row = row.ok_or_else(|| refusal::not_found(auction))?;
    let page = app.store.ledger(auction, ENTRIES_A_PAGE, false, request.after.clone()).await?;
    let begins = begins(request.after.as_ref());
    let page = check_complete(page, begins, &head)?;
    // Maximums are opened only to prove a sale: otherwise a reserve that nobody can meet would show
    // a seller what everybody is ready to pay.
    let open = matches!(head.status, Status::Won | Status::SoldBuyNow);
    let page = request.render(&app, page)?;
    let status = StatusView::of(&head, now);
    Reply::ok(&LedgerView {
        format: domain::auction::ledger::FORMAT,
        terms: terms(&head, &row, open)?,
        status,
        price: head.price,
        leader: head.lead.map(|lead| lead.tag.to_string()),
        ends_at: end_of(&head),
        epoch: head.epoch,
        chain: head.chain.to_string(),
        statement: statement(&app, &head, status)?,
        entries: page.items.iter().map(|row| entry(row, open)).collect(),
        next_cursor: page.next_cursor,
    })
}

/// The number of the entry that a page must begin with.
fn begins(after: Option<&Position>) -> u32 {
    let last = after.and_then(|Position(keys)| keys.get("gsi1sk")?.parse::<u32>().ok());
    last.unwrap_or(0).saturating_add(1)
}

/// The rows up to the head, without a gap: a ledger with a hole would accuse an honest auction.
/// What was recorded after the head was read is another reader's, and so is the page after it.
fn check_complete(
    page: Page<LedgerRow>,
    begins: u32,
    head: &Head,
) -> Result<Page<LedgerRow>, Problem> {
    let Page { items: mut rows, next } = page;
    let later = rows.iter().any(|row| row.entry.sequence > head.sequence);
    rows.retain(|row| row.entry.sequence <= head.sequence);
    let gapless = rows.iter().map(|row| row.entry.sequence).eq((begins..).take(rows.len()));
    let whole =
        rows.last().map_or(begins > head.sequence, |row| row.entry.sequence == head.sequence);
    let next = next.filter(|_| !whole && !later);
    if gapless && (whole || next.is_some()) {
        return Ok(Page { items: rows, next });
    }
    let detail = "The newest entries are still being recorded. Try again in a second.";
    Err(Problem::new(codes::LEDGER_CATCHING_UP, detail).retry_after(Span::seconds(1)))
}

/// Signed, so that nobody can cut entries off the end of a file without being found out.
fn statement(app: &App, head: &Head, status: StatusView) -> Result<String, Problem> {
    app.keys.sign(&json!({
        "typ": "ledger-statement",
        "auctionId": head.terms.auction,
        "status": status,
        "sequence": head.sequence,
        "epoch": head.epoch,
        "chain": head.chain.to_string(),
        "price": head.price,
        "leader": head.lead.map(|lead| lead.tag.to_string()),
        "endsAt": end_of(head),
    }))
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
        soft_close: terms.soft_close,
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
