//! DELETE /v1/me/payment-methods/{paymentMethodId} — has a card forgotten, here and there.

use axum::extract::State;
use http::StatusCode;
use kernel::{PaymentMethodId, codes};
use platform::{
    Access, App, Caller, Delivery, Function, Grant, Http, IdempotencyRule, Method, Path, Problem,
    Trigger, payment_password,
};
use store::Table;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{cards, refusal};

pub const FUNCTION: Function = Function {
    context: "payment",
    name: "delete_payment_method",
    summary: "Has a card forgotten, here and at its provider",
    trigger: Trigger::Http(Http {
        method: Method::Delete,
        path: "/v1/me/payment-methods/{paymentMethodId}",
        access: Access::User,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[codes::PAYMENT_METHOD_NOT_FOUND, codes::PROVIDER_UNAVAILABLE],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[Grant::table(
        Table::Payment,
        &["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"],
    )],
    memory_mb: 256,
    timeout_s: 29,
};

/// Has a card forgotten, here and at its provider
///
/// A trade that was to be paid with it and is not paid yet is cancelled when the charge is due.
#[utoipa::path(
    delete,
    path = "/v1/me/payment-methods/{paymentMethodId}",
    params(("paymentMethodId" = String, Path, format = Uuid, description = "The card")),
    responses((status = 204, description = "Deleted"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentMethodId>,
) -> Result<StatusCode, Problem> {
    let method = app.store.payment_method(caller.user, id).await?;
    let method = method.ok_or_else(|| payment_password::not_found(id))?;
    let key = cards::billing_key(&app, &method)?;
    // There first: whoever breaks off in between still has the row to ask again with.
    app.payments.billing().delete(&key).await.map_err(refusal::unavailable)?;
    if app.store.payment_method_delete(caller.user, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(payment_password::not_found(id))
}

#[cfg(test)]
mod tests;
