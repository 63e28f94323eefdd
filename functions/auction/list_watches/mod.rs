//! The auctions the caller watches.

use axum::extract::State;
use platform::{
    App, Caller, Function, Grant, Http, Now, PageRequest, Paged, Problem, Reply, Secret,
};
use store::{Page, Table};
use utoipa_axum::routes;

use crate::view::AuctionView;

const PATH: &str = "/v1/me/watches";

pub const FUNCTION: Function = Function::endpoint(
    "auction",
    "list_watches",
    Http::get(PATH, || routes!(handle)).takes_query().problems(&[kernel::codes::INVALID_CURSOR]),
)
.grants(&[Grant::table(Table::Auction).query().batch_get()])
.secrets(&[Secret::Sealing]);

/// Lists the auctions I watch
///
/// Newest auction first, the ended ones included.
#[utoipa::path(
    get,
    path = PATH,
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100"),
        ("cursor" = Option<String>, Query, description = "The `nextCursor` of the page before"),
    ),
    responses((status = 200, body = Paged<AuctionView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    request: PageRequest,
) -> Result<Reply, Problem> {
    let page = app.store.watched(caller.user, request.limit, request.after.clone()).await?;
    let heads = app.store.auction_heads(&page.items).await?;
    let rows = app.store.auction_rows(&page.items).await?;
    let both = rows.into_iter().zip(heads).filter_map(|(row, head)| Some((row?, head?)));
    let items = both.map(|(row, head)| AuctionView::new(row, &head, Some(caller.user), now));
    let page = Page { items: items.collect(), next: page.next };
    Reply::ok(&request.render(&app, page)?)
}

#[cfg(test)]
mod tests;
