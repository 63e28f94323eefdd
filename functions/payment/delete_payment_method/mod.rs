//! Has a card forgotten, here and there.

use axum::extract::State;
use http::StatusCode;
use kernel::{PaymentMethodId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem, Secret, payment_password};
use store::{Table, payment_method::Closed};
use utoipa_axum::routes;

use crate::{cards, refusal};

const PATH: &str = "/v1/me/payment-methods/{paymentMethodId}";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "delete_payment_method",
    Http::delete(PATH, || routes!(handle)).problems(&[
        codes::PAYMENT_METHOD_NOT_FOUND,
        codes::PAYMENT_METHOD_IN_USE,
        codes::PROVIDER_UNAVAILABLE,
    ]),
)
.grants(&[Grant::table(Table::Payment).delete().get().update()])
.timeout_s(29)
.secrets(&[Secret::Payment]);

/// Has a card forgotten, here and at its provider
///
/// Not while an open order, or a trade that is not paid yet, names it. From the first request on no
/// order can name it, also when its provider does not answer: ask again then.
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
    match app.store.payment_method_close(caller.user, id).await? {
        Closed::Done => {}
        Closed::InUse => return Err(refusal::method_in_use()),
        Closed::NotFound => return Err(payment_password::not_found(id)),
    }
    // There first: whoever breaks off in between still has the row to ask again with.
    app.payments().billing().delete(&key).await.map_err(refusal::unavailable)?;
    if app.store.payment_method_delete(caller.user, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(payment_password::not_found(id))
}

#[cfg(test)]
mod tests;
