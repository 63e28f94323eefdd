//! GET /v1/me/watches — the auctions the caller watches.

use axum::extract::State;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now,
    PageRequest, Paged, Problem, Reply, Trigger,
};
use store::{Page, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::view::AuctionView;

pub const FUNCTION: Function = Function {
    context: "auction",
    name: "list_watches",
    summary: "Lists the auctions I watch",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/me/watches",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[kernel::codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Auction, &["dynamodb:Query", "dynamodb:BatchGetItem"])],
    memory_mb: 256,
    timeout_s: 10,
};

/// Newest auction first, the ended ones included.
#[utoipa::path(
    get,
    path = "/v1/me/watches",
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
