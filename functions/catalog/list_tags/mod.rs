//! GET /v1/tags — all tags, by name.

use axum::extract::State;
use kernel::codes;
use platform::{
    Access, App, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageQuery, PageRequest,
    Paged, Problem, Reply, Trigger,
};
use store::{Page, Table};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::view::TagView;

pub const FUNCTION: Function = Function {
    context: "catalog",
    name: "list_tags",
    summary: "Lists all tags",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/tags",
        access: Access::Public,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Catalog, &["dynamodb:Query"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Lists all tags
///
/// By name.
#[utoipa::path(
    get,
    path = "/v1/tags",
    params(PageQuery),
    responses((status = 200, body = Paged<TagView>, description = "A page"))
)]
async fn handle(State(app): State<App>, request: PageRequest) -> Result<Reply, Problem> {
    let page = app.store.tags(request.limit, request.after.clone()).await?;
    let items = page.items.iter().map(TagView::from).collect();
    Reply::ok(&request.render(&app, Page { items, next: page.next })?)
}

#[cfg(test)]
mod tests;
