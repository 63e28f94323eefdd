//! GET /v1/exchange/alerts — the prices the caller waits for.

use axum::extract::State;
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageRequest,
    Paged, Problem, Reply, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::alert_view::AlertView;

pub const FUNCTION: Function = Function {
    context: "exchange",
    name: "list_alerts",
    summary: "Lists my price alerts",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/exchange/alerts",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Exchange, &["dynamodb:Query"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Lists my price alerts
///
/// Those that wait, newest first.
#[utoipa::path(
    get,
    path = "/v1/exchange/alerts",
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "1 to 100"),
        ("cursor" = Option<String>, Query, description = "The `nextCursor` of the page before"),
    ),
    responses((status = 200, body = Paged<AlertView>, description = "A page"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Reply, Problem> {
    let page = app.store.alerts_by(caller.user, request.limit, request.after.clone()).await?;
    let page = page.try_map(|alert| Ok::<_, Problem>(AlertView::from(&alert)))?;
    Reply::ok(&request.render(&app, page)?)
}

#[cfg(test)]
mod tests;
