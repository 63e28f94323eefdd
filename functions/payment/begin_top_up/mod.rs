//! Begins to put money into the wallet.

use axum::extract::State;
use domain::payment::{ProviderName, Purpose};
use kernel::{Won, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, Secret,
    parse,
};
use serde::Deserialize;
use store::{Read, Table};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    checkout_view::{self, Begin, BegunPayment},
    provider_calls::PAYMENT_MAX,
};

const PATH: &str = "/v1/wallet/top-ups";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "begin_top_up",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::PROVIDER_UNSUPPORTED,
        codes::PROVIDER_UNAVAILABLE,
        codes::PAYMENT_DECLINED,
        codes::AMOUNT_TOO_SMALL,
        codes::WALLET_FULL,
    ]),
)
.grants(&[
    Grant::table(Table::Payment).put(),
    Grant::table(Table::Wallet).get(),
    Grant::table(Table::Operation).get().put(),
])
.timeout_s(29)
.secrets(&[Secret::Payment]);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BeginTopUp {
    /// 1 to 100,000,000 won.
    #[schema(value_type = i64, minimum = 1, maximum = 100_000_000, example = 50_000)]
    amount: Won,
    /// `toss` or `kakaopay`. `naver` and `payco` are known and answered 422.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, example = "toss")]
    provider: ProviderName,
}

/// Begins to put money into the wallet
///
/// Nothing is charged yet. Send the payer to `checkoutUrl`; what they come back with goes to
/// `POST /v1/payments/{paymentId}/confirm`.
#[utoipa::path(
    post,
    path = PATH,
    request_body = BeginTopUp,
    responses((
        status = 201,
        body = BegunPayment,
        description = "The payment waits for its payer",
        headers(("Location" = String, description = "The payment")),
    ))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<BeginTopUp>,
) -> Result<Reply, Problem> {
    let amount = body.amount;
    if amount < Won::constant(1) || amount > PAYMENT_MAX {
        let detail = format!("The amount must be 1 to {PAYMENT_MAX} won.");
        return Err(Problem::field("/amount", "invalid", detail));
    }
    let provider = checkout_view::route(body.provider)?;
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let balance = app.store.balance(caller.user, Read::Eventual).await?;
    if balance.available().checked_add(amount).is_none() {
        return Err(Problem::new(codes::WALLET_FULL, "The wallet cannot hold that much more."));
    }
    let purpose = Purpose::TopUp;
    let name = "장터 지갑 충전".to_owned();
    let user = caller.user;
    let begin = Begin { user, purpose, amount, provider, name, ships_to: None };
    checkout_view::begin(&app, &once, begin, now).await
}

#[cfg(test)]
mod tests;
