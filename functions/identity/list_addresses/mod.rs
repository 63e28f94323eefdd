//! GET /v1/me/addresses — the caller's address book.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageRequest,
    Paged, Problem, Trigger,
};
use store::{Page, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::view::AddressView;

pub const FUNCTION: Function = Function {
    context: "identity",
    name: "list_addresses",
    summary: "Lists the caller's addresses",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/me/addresses",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Identity, &["dynamodb:Query"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Lists the caller's addresses
///
/// Oldest first.
#[utoipa::path(
    get,
    path = "/v1/me/addresses",
    params(platform::PageQuery),
    responses((status = 200, body = Paged<AddressView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<AddressView>>, Problem> {
    let rows = app.store.addresses(caller.user, page.limit, page.after.clone()).await?;
    let items = rows.items.iter().map(AddressView::new).collect();
    page.render(&app, Page { items, next: rows.next }).map(Json)
}

#[cfg(test)]
mod tests;
