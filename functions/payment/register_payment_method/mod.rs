//! Registers a card that orders can be paid with.

use std::str::FromStr;

use axum::extract::State;
use domain::payment::method::{METHODS_MAX, PaymentMethod, PaymentPassword};
use gateway::{Authorization, GatewayError, IssuedKey};
use kernel::{PaymentMethodId, UserId, codes};
use platform::{
    App, Caller, Function, Grant, Http, IdempotencyRule, Json, Now, Once, Problem, Reply, Secret,
    parse, payment_password,
};
use serde::Deserialize;
use store::{
    Label, Table,
    payment_method::{CardWrite, registration},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    cards::{self, PaymentMethodView},
    refusal,
};

const PATH: &str = "/v1/me/payment-methods";

pub const FUNCTION: Function = Function::endpoint(
    "payment",
    "register_payment_method",
    Http::post(PATH, || routes!(handle)).idempotency(IdempotencyRule::Required).problems(&[
        codes::PAYMENT_METHODS_FULL,
        codes::CARD_REFUSED,
        codes::CARD_AUTHORIZATION_USED,
        codes::PROVIDER_UNAVAILABLE,
    ]),
)
.grants(&[
    Grant::table(Table::Payment).put().query().update(),
    Grant::table(Table::Operation).get().put(),
])
// One hash: a full processor.
.memory_mb(1769)
.timeout_s(29)
.secrets(&[Secret::Payment]);

/// What the provider's card window returned.
struct AuthKey(String);

#[derive(Debug, thiserror::Error)]
#[error("an authKey is 1 to 300 visible ASCII characters")]
struct InvalidAuthKey;

const AUTH_KEY_CHARS_MAX: usize = 300;

impl FromStr for AuthKey {
    type Err = InvalidAuthKey;
    fn from_str(text: &str) -> Result<Self, InvalidAuthKey> {
        let fits = (1..=AUTH_KEY_CHARS_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidAuthKey) }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RegisterPaymentMethod {
    /// What the provider's card window returned, opened with the caller's user id as `customerKey`.
    /// The card itself is never sent here.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, min_length = 1, max_length = 300, example = "card-ok-1")]
    auth_key: AuthKey,
    /// Six digits, asked for whenever the card is used.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, pattern = "^[0-9]{6}$", example = "271828")]
    password: PaymentPassword,
}

/// Registers a card that orders can be paid with
///
/// At most 10 a user. When the answer is lost, the same request again registers nothing twice,
/// under the same key or another.
#[utoipa::path(
    post,
    path = PATH,
    request_body = RegisterPaymentMethod,
    responses((
        status = 201,
        body = PaymentMethodView,
        description = "The card",
        headers(("Location" = String, description = "The card")),
    ))
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    caller: Caller,
    once: Once,
    Json(body): Json<RegisterPaymentMethod>,
) -> Result<Reply, Problem> {
    if let Some(first) = once.replay(&app).await? {
        return Ok(first);
    }
    let (user, AuthKey(auth_key)) = (caller.user, body.auth_key);
    let id = cards::name(&app, user, &auth_key)?;
    make_sure_of_room(&app, user, id).await?;
    let IssuedKey { billing_key, card } = issue(&app, user, id, &auth_key).await?;
    let method = PaymentMethod {
        id,
        user,
        card,
        sealed_key: cards::seal(&app, user, &billing_key)?,
        password_hash: payment_password::hash(&app, &body.password)?,
        failures: 0,
        locked_until: None,
        created_at: now,
        version: 1,
    };
    let view = PaymentMethodView::new(&method, now);
    let reply = Reply::created(format!("/v1/me/payment-methods/{id}"), &view)?;
    let explain = |label, _| match label {
        Label::Card(CardWrite::Count) => full(),
        _ => used(),
    };
    once.commit(&app, registration(&method), reply, explain).await
}

/// Asked early, to spare the provider a key that nobody keeps; decided by the transaction.
async fn make_sure_of_room(app: &App, user: UserId, id: PaymentMethodId) -> Result<(), Problem> {
    let there = app.store.payment_methods(user, METHODS_MAX, None).await?.items;
    if there.iter().any(|method| method.id == id) {
        return Err(used());
    }
    if there.len() >= usize::try_from(METHODS_MAX).unwrap_or(usize::MAX) {
        return Err(full());
    }
    Ok(())
}

/// The provider repeats its first answer to the same registration: whoever broke off after it asks
/// again and gets the same key. A key that nobody stored can be charged by nobody.
async fn issue(
    app: &App,
    user: UserId,
    id: PaymentMethodId,
    auth_key: &str,
) -> Result<IssuedKey, Problem> {
    let once = id.to_string();
    let authorization = Authorization { user, auth_key, once: &once };
    app.payments().billing().issue(authorization).await.map_err(|error| match error {
        GatewayError::Declined(decline) => {
            let detail = "The provider does not register this card. Open its window again.";
            Problem::new(codes::CARD_REFUSED, detail).member("reason", decline.as_str())
        }
        error => refusal::unavailable(error),
    })
}

fn full() -> Problem {
    let detail = format!("Delete one of your {METHODS_MAX} cards first.");
    Problem::new(codes::PAYMENT_METHODS_FULL, detail)
}

fn used() -> Problem {
    let detail = "This authKey has registered its card. Open the provider's window for another.";
    Problem::new(codes::CARD_AUTHORIZATION_USED, detail)
}

#[cfg(test)]
mod tests;
