//! GET /v1/payments/{paymentId} — one of the caller's payments.

use axum::{Json, extract::State};
use kernel::{PaymentId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{asking, view::PaymentView};

pub const FUNCTION: Function = Function {
    context: "payment",
    name: "get_payment",
    summary: "Shows one of the caller's payments",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/payments/{paymentId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::PAYMENT_NOT_FOUND],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(Table::Payment, &["dynamodb:GetItem"])],
    memory_mb: 256,
    timeout_s: 5,
};

/// Shows one of the caller's payments
///
/// Ask here what became of a confirmation that was answered 202.
#[utoipa::path(
    get,
    path = "/v1/payments/{paymentId}",
    params(("paymentId" = String, Path, format = Uuid, description = "The payment")),
    responses((status = 200, body = PaymentView, description = "The payment"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentView>, Problem> {
    let payment = asking::own(&app, caller.user, id).await?;
    Ok(Json(PaymentView::new(&payment)))
}

#[cfg(test)]
mod tests;
