//! Has a card forgotten, here and there.

use axum::extract::State;
use http::StatusCode;
use kernel::{PaymentMethodId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem, Secret, payment_password};
use store::Table;
use utoipa_axum::routes;

use crate::{cards, refusal};

const PATH: &str = "/v1/me/payment-methods/{paymentMethodId}";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "delete_payment_method",
    Http::delete(PATH, || routes!(handle))
        .problems(&[codes::PAYMENT_METHOD_NOT_FOUND, codes::PROVIDER_UNAVAILABLE]),
)
.grants(&[Grant::table(Table::Payment).delete().get().update()])
.timeout_s(29)
.secrets(&[Secret::Payment]);

/// Has a card forgotten, here and at its provider
///
/// A trade that was to be paid with it and is not paid yet is cancelled when the charge is due.
#[utoipa::path(
    delete,
    path = PATH,
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
    app.payments().billing().delete(&key).await.map_err(refusal::unavailable)?;
    if app.store.payment_method_delete(caller.user, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(payment_password::not_found(id))
}

#[cfg(test)]
mod tests;
