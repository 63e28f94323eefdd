//! Takes the money that the payer agreed to.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::payment::{Provider, Status, Verdict};
use events::{Event, PaymentDone, PaymentFailed, TradeMoved};
use kernel::{PaymentId, Span, Won, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Path, Problem, Secret,
};
use serde::Deserialize;
use store::Table;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    confirming::{self, Claimed, Confirmation, ProviderAnswer},
    ending, provider_calls, refusal, returning,
    view::PaymentView,
};

const PATH: &str = "/v1/payments/{paymentId}/confirm";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "confirm_payment",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::PAYMENT_NOT_FOUND,
        codes::AMOUNT_MISMATCH,
        codes::PAYMENT_DECLINED,
        codes::PAYMENT_KEY_MISMATCH,
        codes::METHOD_UNSUPPORTED,
        codes::AMOUNT_TOO_SMALL,
        codes::PAYMENT_CANCELLED,
        codes::PAYMENT_IN_PROGRESS,
        codes::IDEMPOTENCY_IN_PROGRESS,
        codes::WRONG_TRADE_STATE,
        codes::PAYMENT_OVERDUE,
    ]),
)
.grants(&[
    Grant::table(Table::Payment).get().put(),
    Grant::table(Table::Trade).get().put(),
    Grant::table(Table::Wallet).put().update(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).get().put(),
])
.tells(&[PaymentDone::KIND, PaymentFailed::KIND, TradeMoved::KIND])
.memory_mb(512)
.timeout_s(29)
.secrets(&[Secret::Payment]);

/// A request whose provider answered this soon has the time for two calls more.
const AT_ONCE_WITHIN: Span = Span::seconds(2);
/// No token of a provider is longer.
const TOKEN_CHARS_MAX: usize = 200;

/// What the payer came back with: `paymentKey` from Toss, `pgToken` from KakaoPay.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConfirmPayment {
    #[serde(default)]
    #[schema(example = "tgen_20261121090000a1b2c3")]
    payment_key: Option<String>,
    #[serde(default)]
    #[schema(example = json!(null))]
    pg_token: Option<String>,
    /// What the client believes it costs: another amount than the payment's is refused.
    #[serde(default)]
    #[schema(value_type = Option<i64>, example = 50_000)]
    amount: Option<Won>,
}

/// Takes the money that the payer agreed to
///
/// 200 when the money arrived. 202 when the provider's answer was lost: the payment stays
/// `approving` until the provider was read, and `GET /v1/payments/{paymentId}` shows what came of
/// it. Of several confirmations at once one asks the provider.
#[utoipa::path(
    post,
    path = PATH,
    params(("paymentId" = String, Path, format = Uuid, description = "The payment")),
    request_body = ConfirmPayment,
    responses(
        (status = 200, body = PaymentView, description = "The money arrived"),
        (status = 202, body = PaymentView, description = "Not known yet"),
    )
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    Path(id): Path<PaymentId>,
    once: Once,
    Json(body): Json<ConfirmPayment>,
) -> Result<Response, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first.into_response());
    }
    let payment = provider_calls::own(&app, caller.user, id).await?;
    let token = token(&body, payment.provider)?;
    let seal = &*confirming::token_seal(&app, token)?;
    let confirmation = Confirmation { once: &once, token, seal, amount: body.amount, now };
    let (mut payment, again) = match confirming::claim(&app, payment, &confirmation).await? {
        Claimed::Ours { payment, again } => (payment, again),
        Claimed::Done(payment) => return ending::answer(&payment),
    };
    let ProviderAnswer { verdict, truth } =
        confirming::ask(&app, &mut payment, &confirmation, again).await?;
    let truth = truth.as_ref();
    let reopened = match verdict {
        Verdict::Reopened(decline) => Some(decline),
        _ => None,
    };
    // What an earlier token paid is no answer to this one.
    let paid = truth.map(|truth| payment.done(truth, None, now));
    let is_own = paid.is_none_or(|paid| paid.was_confirmed_by(token, seal));
    let once = Some(&once).filter(|_| is_own);
    let payment = ending::conclude(&app, payment, verdict, truth, once, now).await?;
    if payment.is_paid() && !payment.was_confirmed_by(token, seal) {
        return Err(refusal::other_key());
    }
    if payment.status == Status::Returning && app.clock.now().since(now) < AT_ONCE_WITHIN {
        // At once, if there is time to; the sweep does it otherwise, or what is left of it.
        returning::ask(&app, payment.clone(), now).await?;
    }
    match reopened.filter(|_| payment.status == Status::Ready) {
        Some(decline) => Err(refusal::declined(decline)),
        None => ending::answer(&payment),
    }
}

fn token(body: &ConfirmPayment, provider: Provider) -> Result<&str, Problem> {
    let (name, sent, other) = match provider {
        Provider::Toss => ("/paymentKey", &body.payment_key, body.pg_token.is_some()),
        Provider::KakaoPay => ("/pgToken", &body.pg_token, body.payment_key.is_some()),
    };
    let Some(token) = sent else {
        return Err(Problem::field(name, "required", "What the payer brought back is required."));
    };
    let fits = (1..=TOKEN_CHARS_MAX).contains(&token.len())
        && token.bytes().all(|byte| byte.is_ascii_graphic());
    if !fits || other {
        let detail = "Send what this payment's provider gave the payer, as it is.";
        return Err(Problem::field(name, "invalid", detail));
    }
    Ok(token)
}

#[cfg(test)]
mod keys;
#[cfg(test)]
mod tests;
