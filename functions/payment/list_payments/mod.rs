//! GET /v1/payments — the caller's payments, newest first.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, PageQuery,
    PageRequest, Paged, Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::view::PaymentView;

pub const FUNCTION: Function = Function {
    context: "payment",
    name: "list_payments",
    summary: "Lists the caller's payments, newest first",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/payments",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::INVALID_CURSOR],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Payment, &["dynamodb:Query"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Lists the caller's payments, newest first
#[utoipa::path(
    get,
    path = "/v1/payments",
    params(PageQuery),
    responses((status = 200, description = "A page of payments", body = Paged<PaymentView>)),
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<PaymentView>>, Problem> {
    let rows = app.store.payments_of(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|payment| Ok::<_, Problem>(PaymentView::new(&payment)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
