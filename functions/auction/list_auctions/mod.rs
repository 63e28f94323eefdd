//! Running auctions: newest, or ending soon.

use axum::extract::State;
use domain::auction::{DURATION_MAX, EXTENSION_MAX};
use kernel::{Instant, Span, UserId};
use platform::{
    Access, App, Function, Grant, Http, MaybeCaller, Now, PageRequest, Paged, Problem, QueryString,
    Reply, Secret,
};
use serde::Deserialize;
use store::{Page, Position, Table, auction::AuctionRow};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::view::AuctionView;

const PATH: &str = "/v1/auctions";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "list_auctions",
    Http::get(PATH, || routes!(handle))
        .takes_query()
        .access(Access::Public)
        .problems(&[kernel::codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Auction).query().batch_get()])
.secrets(&[Secret::Sealing]);

/// The index keeps one partition per day; no auction ends further ahead than this many.
const DAYS_AHEAD: i64 = DURATION_MAX.as_millis() / 86_400_000 * 2 + 2;
/// How many days one request reads: a quiet market must not cost sixty queries a page.
const DAYS_A_PAGE: usize = 7;
/// Where in the "ending" index a page stopped: the day, beside the index's own keys.
const DAY: &str = "day";

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListAuctions {
    /// `newest` (default) or `ending-soon`.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
    /// 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Sort {
    #[default]
    Newest,
    EndingSoon,
}

/// Lists running auctions
///
/// Auctions that are scheduled or open, with their price at this moment. "Ending soon" goes by the
/// end as bids have moved it: exactly within a page, from page to page to within half a minute. A
/// page may hold fewer than `limit`, even none: only `nextCursor: null` ends a list.
#[utoipa::path(
    get,
    path = PATH,
    params(ListAuctions),
    responses((status = 200, body = Paged<AuctionView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    MaybeCaller(caller): MaybeCaller,
    QueryString(query): QueryString<ListAuctions>,
) -> Result<Reply, Problem> {
    let scope = format!("auction-list-auctions#{:?}", query.sort);
    let limit = query.limit.as_deref();
    let cursor = query.cursor.as_deref();
    let request = PageRequest::parse(&app, scope, limit, cursor)?;
    let rows = match query.sort {
        Sort::Newest => app.store.auctions_newest(request.limit, request.after.clone()).await?,
        Sort::EndingSoon => ending_soon(&app, &request, now).await?,
    };
    let mut page = with_heads(&app, rows, caller.map(|caller| caller.user), now).await?;
    if query.sort == Sort::EndingSoon {
        page.items.sort_by_key(|auction| (auction.ends_at, auction.id));
    }
    Reply::ok(&request.render(&app, page)?)
}

/// Joins rows with their heads. An auction whose head says it is over leaves the list at once.
async fn with_heads(
    app: &App,
    rows: Page<AuctionRow>,
    caller: Option<UserId>,
    now: Instant,
) -> Result<Page<AuctionView>, Problem> {
    let ids: Vec<_> = rows.items.iter().map(|row| row.auction).collect();
    let heads = app.store.auction_heads(&ids).await?;
    let joined = rows.items.into_iter().zip(heads);
    let items = joined.filter_map(|(row, head)| {
        let head = head.filter(|head| !head.is_over(now))?;
        Some(AuctionView::new(row, &head, caller, now))
    });
    Ok(Page { items: items.collect(), next: rows.next })
}

/// Walks the days from today (or the cursor's) on until the page is full or [`DAYS_A_PAGE`] are
/// read.
///
/// The index follows an end that moves in steps, and behind the stream. Late bids move an end by an
/// hour at most, so the walk begins an hour back; what is over falls out when the rows meet their
/// heads.
async fn ending_soon(
    app: &App,
    request: &PageRequest,
    now: Instant,
) -> Result<Page<AuctionRow>, Problem> {
    let earliest = now - EXTENSION_MAX;
    let last = now + Span::days(DAYS_AHEAD);
    let (mut day, mut after) = resume(request.after.clone(), earliest);
    let mut items = Vec::new();
    for _ in 0..DAYS_A_PAGE {
        let left = request.limit.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
        // A page goes on from where the last one stopped, even if that auction has ended since.
        let from = if after.is_some() { Instant::default() } else { earliest };
        let page = app.store.auctions_ending(day, from, last, left, after.take()).await?;
        let page = page.try_map(|row| row)?;
        items.extend(page.items);
        if let Some(Position(mut keys)) = page.next {
            keys.insert(DAY.to_owned(), day.to_string());
            return Ok(Page { items, next: Some(Position(keys)) });
        }
        day = day + Span::days(1);
        if day > last {
            return Ok(Page { items, next: None });
        }
        if items.len() >= usize::try_from(request.limit).unwrap_or(usize::MAX) {
            break;
        }
    }
    let keys = [(DAY.to_owned(), day.to_string())].into();
    Ok(Page { items, next: Some(Position(keys)) })
}

fn resume(after: Option<Position>, earliest: Instant) -> (Instant, Option<Position>) {
    let Some(Position(mut keys)) = after else { return (earliest, None) };
    let day = keys.remove(DAY).and_then(|text| text.parse().ok()).unwrap_or(earliest);
    (day, (!keys.is_empty()).then_some(Position(keys)))
}

#[cfg(test)]
mod tests;
