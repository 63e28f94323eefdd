//! One of the caller's payments.

use axum::{Json, extract::State};
use kernel::{PaymentId, codes};
use platform::{App, Caller, Function, Grant, Http, Path, Problem};
use store::Table;
use utoipa_axum::routes;

use crate::{provider_calls, view::PaymentView};

const PATH: &str = "/v1/payments/{paymentId}";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "get_payment",
    Http::get(PATH, || routes!(handle)).problems(&[codes::PAYMENT_NOT_FOUND]),
)
.grants(&[Grant::table(Table::Payment).get()])
.timeout_s(5);

/// Shows one of the caller's payments
///
/// Ask here what became of a confirmation that was answered 202.
#[utoipa::path(
    get,
    path = PATH,
    params(("paymentId" = String, Path, format = Uuid, description = "The payment")),
    responses((status = 200, body = PaymentView, description = "The payment"))
)]
async fn handle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Result<Json<PaymentView>, Problem> {
    let payment = provider_calls::own(&app, caller.user, id).await?;
    Ok(Json(PaymentView::new(&payment)))
}

#[cfg(test)]
mod tests;
