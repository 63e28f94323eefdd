//! GET /v1/me/payment-methods — the caller's cards.

use axum::{Json, extract::State};
use kernel::codes;
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Now, PageQuery,
    PageRequest, Paged, Problem, Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::cards::PaymentMethodView;

pub const FUNCTION: Function = Function {
    context: "payment",
    name: "list_payment_methods",
    summary: "Lists the caller's cards",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/me/payment-methods",
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

/// Lists the caller's cards
///
/// At most 10, in no order that means anything, their numbers masked.
#[utoipa::path(
    get,
    path = "/v1/me/payment-methods",
    params(PageQuery),
    responses((status = 200, description = "A page of cards", body = Paged<PaymentMethodView>)),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Paged<PaymentMethodView>>, Problem> {
    let rows = app.store.payment_methods(caller.user, page.limit, page.after.clone()).await?;
    let shown = rows.try_map(|method| Ok::<_, Problem>(PaymentMethodView::new(&method, now)))?;
    page.render(&app, shown).map(Json)
}

#[cfg(test)]
mod tests;
