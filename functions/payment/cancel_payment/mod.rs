//! Gives a top-up back, or a part of it.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::payment::Payment;
use events::{Event, PaymentCancelled};
use http::StatusCode;
use kernel::{Instant, PaymentId, Won, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Reply,
    Secret, parse, retry::Policy,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    cancelling::{self, CancellationProgress},
    provider_calls, refusal,
    view::PaymentView,
};

const PATH: &str = "/v1/payments/{paymentId}/cancel";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "cancel_payment",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::PAYMENT_NOT_FOUND,
        codes::PAYMENT_NOT_DONE,
        codes::PAYMENT_CANCELLED,
        codes::PAYMENT_NOT_CANCELLABLE,
        codes::CANCEL_EXCEEDS_PAYMENT,
        codes::CANCEL_DECLINED,
        codes::INSUFFICIENT_BALANCE,
        codes::PENALTY_DUE,
        codes::PAYMENT_IN_PROGRESS,
        codes::IDEMPOTENCY_IN_PROGRESS,
    ]),
)
.grants(&[
    Grant::table(Table::Payment).get().put(),
    Grant::table(Table::Wallet).query().put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[PaymentCancelled::KIND])
.memory_mb(512)
.timeout_s(29)
.secrets(&[Secret::Payment]);

const CANCEL: Policy = Policy::named("cancel-payment", 8);
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CancelPayment {
    /// All that is left of the payment when absent.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, example = 10_000)]
    amount: Option<Won>,
    /// 1 to 200 characters, for the provider.
    #[schema(example = "충전 취소", max_length = 200)]
    reason: String,
}

/// Gives a top-up back, or a part of it
///
/// Only what is still in the wallet. 200 when the money is on its way back; 202 when the provider's
/// answer was lost: the money stays held until the provider was read.
#[utoipa::path(
    post,
    path = PATH,
    params(("paymentId" = String, Path, format = Uuid, description = "The payment")),
    request_body = CancelPayment,
    responses(
        (status = 200, body = PaymentView, description = "Given back"),
        (status = 202, body = PaymentView, description = "Not known yet"),
    )
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<PaymentId>,
    once: Once,
    Json(body): Json<CancelPayment>,
) -> Result<Response, Problem> {
    let reason = checked(&body)?;
    let asked = Asked { id, amount: body.amount, reason, now };
    let (payment, again) = match take(&app, &caller, &once, &asked).await? {
        Taken::Before(first) => return Ok(first.into_response()),
        Taken::Held(payment, again) => (*payment, again),
    };
    let progress = if again {
        let told = provider_calls::read(&app, &payment).await;
        cancelling::ask_again(&app, payment, told, Some(&once), now).await?
    } else {
        cancelling::ask(&app, payment, Some(&once), now).await?
    };
    match progress {
        CancellationProgress::TookEffect(payment) => {
            Ok(Reply::ok(&PaymentView::new(&payment))?.into_response())
        }
        CancellationProgress::Open(payment) => {
            let body = axum::Json(PaymentView::new(&payment));
            Ok((StatusCode::ACCEPTED, body).into_response())
        }
        CancellationProgress::Refused(_) => Err(Problem::new(
            codes::CANCEL_DECLINED,
            "The provider does not give this money back. It is in the wallet as before.",
        )),
    }
}

fn checked(body: &CancelPayment) -> Result<&str, Problem> {
    body.amount.map(parse::amount).transpose()?;
    parse::reason(&body.reason)
}

struct Asked<'a> {
    id: PaymentId,
    amount: Option<Won>,
    reason: &'a str,
    now: Instant,
}

/// How a request stands.
enum Taken {
    /// It was answered already.
    Before(Reply),
    /// The money is held; `true`: by its first attempt, which was lost.
    Held(Box<Payment>, bool),
}

/// Holds the money for this request, or takes up where its first attempt was lost.
///
/// The payment is read before the first answer is looked for: whoever ends this cancellation in
/// between leaves an answer, and whoever ends it later moves the payment, so the hold fails.
async fn take(
    app: &App,
    caller: &Caller,
    once: &Once,
    asked: &Asked<'_>,
) -> Result<Taken, Problem> {
    let key = once.key().unwrap_or_default();
    let mut attempts = CANCEL.attempts();
    while attempts.again() {
        let payment = provider_calls::own(app, caller.user, asked.id).await?;
        if let Some(first) = once.replay(app).await? {
            return Ok(Taken::Before(first));
        }
        // What goes back by itself was begun by no request, whatever its key is called.
        let by_request = !payment.returns_by_itself();
        let of_request = payment.resume_cancel(asked.now).filter(|_| by_request);
        let lost = of_request.filter(|(_, there)| there.key == key);
        if let Some((taken, _)) = lost {
            if cancelling::resume(app, &payment, &taken).await? {
                return Ok(Taken::Held(Box::new(taken), true));
            }
            continue;
        }
        let begun = payment.begin_cancel(asked.amount, asked.reason, key, asked.now);
        let (begun, cancelling) =
            begun.map_err(|rejection| refusal::cancel(rejection, once, asked.now))?;
        if cancelling::begin(app, &payment, &begun, &cancelling, asked.now).await? {
            return Ok(Taken::Held(Box::new(begun), false));
        }
    }
    Err(attempts.exhausted().into())
}

#[cfg(test)]
mod tests;
