//! Offers something for auction.

use axum::extract::State;
use domain::auction::{
    DURATION_MAX, DURATION_MIN, Head, SUSPENDING_REFUSALS, Salt, Terms, TermsError, ledger::genesis,
};
use events::{AuctionCreated, Envelope, Event};
use kernel::{AuctionId, Instant, Span, Won, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply,
};
use serde::Deserialize;
use store::{
    Table, Transaction,
    auction::{AuctionRow, event_id},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::view::AuctionView;

const PATH: &str = "/v1/auctions";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "create_auction",
    Http::post(PATH, || routes!(handle))
        .idempotency(IdempotencyRule::Optional)
        .problems(&[codes::SELLER_SUSPENDED, codes::PENALTY_DUE]),
)
.grants(&[
    Grant::table(Table::Auction).get().put(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[AuctionCreated::KIND]);

const TITLE_CHARS_MAX: usize = 100;
const DESCRIPTION_CHARS_MAX: usize = 10_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CreateAuction {
    /// 1 to 100 characters.
    #[schema(example = "빈티지 필름 카메라", max_length = 100)]
    title: String,
    /// Up to 10,000 characters.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    description: String,
    /// Won; the least first bid.
    #[schema(value_type = i64, example = 10_000, minimum = 1)]
    start_price: Won,
    /// Won; overrides the increment table.
    #[schema(value_type = Option<i64>, minimum = 1)]
    increment: Option<Won>,
    /// Won; hidden. Below it the auction ends unsold.
    #[schema(value_type = Option<i64>)]
    reserve_price: Option<Won>,
    /// Won; whoever pays it ends the auction.
    #[schema(value_type = Option<i64>)]
    buy_now_price: Option<Won>,
    /// Defaults to now; at most 30 days ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    starts_at: Option<Instant>,
    /// 1 minute to 30 days after the start. Give this or `durationSeconds`.
    #[schema(value_type = Option<String>, format = DateTime)]
    ends_at: Option<Instant>,
    #[schema(example = 600, minimum = 60, maximum = 2_592_000)]
    duration_seconds: Option<i64>,
    /// Whether a bid in the last five minutes moves the end, by at most an hour in all. Defaults to
    /// true; false: the end stands.
    soft_close: Option<bool>,
}

/// Offers something for auction
///
/// Creates the auction. It opens at `startsAt` and runs until `endsAt`; bids within the last five
/// minutes move the end, unless `softClose` is false.
#[utoipa::path(
    post,
    path = PATH,
    request_body = CreateAuction,
    responses((status = 201, body = AuctionView, description = "Created; Location has its path"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<CreateAuction>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let auction = AuctionId::from_uuid(app.entropy.uuid(now));
    let title = title(&body.title)?;
    let description = description(&body.description)?;
    let terms = terms(&body, auction, &caller, now)?;
    let standing = app.store.standing(caller.user).await?;
    if standing.seller_strikes(now) >= SUSPENDING_REFUSALS {
        let detail = "You took three wins back before they were paid. Sell again 90 days after.";
        return Err(Problem::new(codes::SELLER_SUSPENDED, detail));
    }
    if standing.in_debt() {
        return Err(Problem::penalty_due());
    }
    let salt = Salt(app.entropy.random());
    let chain = genesis(&terms, salt);
    let row = AuctionRow {
        auction,
        seller: caller.user,
        title,
        description,
        created_at: now,
        ends_at: terms.scheduled_end,
        reserve_salt: salt.to_string(),
        soon_told_at: None,
        closing: None,
    };
    let created = AuctionCreated { auction_id: auction, ends_at: terms.scheduled_end };
    let head = Head::new(terms, chain);
    let envelope = Envelope::new(event_id("created", auction, 0), now, &created);
    let transaction = Transaction::new().auction_opening(&row, &head)?.event(&envelope);
    let view = AuctionView::new(row, &head, Some(caller.user), now);
    let reply = Reply::created(format!("/v1/auctions/{auction}"), &view)?;
    once.commit(&app, transaction, reply, |_, _| Problem::try_again("the id was taken")).await
}

fn title(raw: &str) -> Result<String, Problem> {
    let title = raw.trim();
    let length = title.chars().count();
    if (1..=TITLE_CHARS_MAX).contains(&length) && !title.chars().any(char::is_control) {
        return Ok(title.to_owned());
    }
    Err(Problem::field("/title", "invalid", "The title must have 1 to 100 characters."))
}

fn description(raw: &str) -> Result<String, Problem> {
    if raw.chars().count() <= DESCRIPTION_CHARS_MAX {
        return Ok(raw.to_owned());
    }
    let detail = "The description must have at most 10,000 characters.";
    Err(Problem::field("/description", "invalid", detail))
}

fn terms(
    body: &CreateAuction,
    auction: AuctionId,
    caller: &Caller,
    now: Instant,
) -> Result<Terms, Problem> {
    let starts_at = body.starts_at.unwrap_or(now);
    let scheduled_end = match (body.ends_at, body.duration_seconds) {
        (Some(ends_at), None) => ends_at,
        (None, Some(seconds)) => starts_at + duration(seconds)?,
        _ => {
            let detail = "Give either endsAt or durationSeconds.";
            return Err(Problem::field("/endsAt", "invalid", detail));
        }
    };
    let terms = Terms {
        auction,
        seller: caller.user,
        start_price: body.start_price,
        increment: body.increment,
        reserve: body.reserve_price,
        buy_now: body.buy_now_price,
        starts_at,
        scheduled_end,
        soft_close: body.soft_close.unwrap_or(true),
    };
    terms
        .check(now)
        .map_err(|error| Problem::field(pointer(error), "invalid", error.to_string()))?;
    Ok(terms)
}

fn duration(seconds: i64) -> Result<Span, Problem> {
    let in_seconds = |span: Span| span.as_millis() / 1_000;
    if (in_seconds(DURATION_MIN)..=in_seconds(DURATION_MAX)).contains(&seconds) {
        return Ok(Span::seconds(seconds));
    }
    let detail = "durationSeconds must be 60 to 2592000.";
    Err(Problem::field("/durationSeconds", "invalid", detail))
}

const fn pointer(error: TermsError) -> &'static str {
    match error {
        TermsError::StartPriceZero => "/startPrice",
        TermsError::IncrementZero => "/increment",
        TermsError::ReserveBelowStart => "/reservePrice",
        TermsError::BuyNowNotAboveStart | TermsError::BuyNowBelowReserve => "/buyNowPrice",
        TermsError::StartOutOfRange => "/startsAt",
        TermsError::EndOutOfRange => "/endsAt",
    }
}

#[cfg(test)]
mod tests;
