//! Creates an account and signs it in.

use axum::{extract::State, response::IntoResponse};
use domain::identity::{Account, ClaimKind, Email, Nickname, Password, Phone, Role};
use events::{Envelope, Event, UserSignedUp};
use http::{StatusCode, header};
use kernel::{Instant, UserId, codes};
use platform::{
    Access, App, Function, Grant, Http, IdempotencyRule, Json, Now, Problem, Secret, parse,
};
use serde::Deserialize;
use store::{Table, identity::ChangeError};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    limits::Limits,
    problems,
    session::{self, SignedIn, TokenDelivery},
};

const PATH: &str = "/v1/users";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "sign_up",
    Http::post(PATH, || routes!(handle))
        .access(Access::Public)
        // Repeats safely: the e-mail or phone number is taken the second time.
        .idempotency(IdempotencyRule::Natural)
        .problems(&[
            codes::EMAIL_TAKEN,
            codes::PHONE_TAKEN,
            codes::NICKNAME_TAKEN,
            codes::TOO_MANY_REQUESTS,
        ]),
)
.grants(&[
    Grant::table(Table::Identity).put(),
    Grant::table(Table::Session).put(),
    Grant::table(Table::Outbox).put(),
    Grant::table(Table::Operation).update(),
])
.tells(&[UserSignedUp::KIND])
.memory_mb(1024)
.secrets(&[Secret::Signing]);

/// A new account: an e-mail, a phone number, or both.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpRequest {
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, max_length = 254, example = "minji@example.com")]
    email: Option<Email>,
    /// Korean mobile; hyphens and spaces are dropped.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, example = "010-1234-5678")]
    phone: Option<Phone>,
    /// 8 to 20 characters, at least one letter and one digit.
    #[serde(deserialize_with = "parse::text")]
    #[schema(value_type = String, min_length = 8, max_length = 20, example = "correct1horse")]
    password: Password,
    /// 1 to 20 visible characters; generated when absent.
    #[serde(default, deserialize_with = "parse::maybe_text")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 20, example = "민지")]
    nickname: Option<Nickname>,
}

/// Creates an account and signs it in
///
/// Names are unique: of two requests that race for the same e-mail, phone number or nickname
/// exactly one succeeds. With `X-Token-Delivery: cookie` the tokens come as `Secure`, `HttpOnly`,
/// `SameSite=Strict` cookies and not in the body.
#[utoipa::path(
    post,
    path = PATH,
    params(
        ("X-Token-Delivery" = Option<String>, Header, description = "`body` (default) or `cookie`"),
    ),
    request_body = SignUpRequest,
    responses((
        status = 201,
        description = "The account exists and is signed in",
        body = SignedIn,
        headers(("Location" = String, description = "The account's public page")),
        example = json!(session::example()),
    )),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    delivery: TokenDelivery,
    limits: Limits,
    Json(request): Json<SignUpRequest>,
) -> Result<impl IntoResponse, Problem> {
    limits.sign_up().await?;
    let generated = request.nickname.is_none();
    let account = open(&app, request, now)?;
    let (session, refresh) = session::begin(&app, &account, now);
    let event = UserSignedUp { user_id: account.id, nickname: account.nickname.to_string() };
    let event = Envelope::new(app.entropy.uuid(now), now, &event);
    match app.store.user_create(&account, &session, &event).await {
        // Nobody asked for that very name.
        Err(ChangeError::Taken(ClaimKind::Nickname)) if generated => {
            return Err(Problem::try_again("a generated nickname was taken"));
        }
        outcome => outcome.map_err(problems::change)?,
    }
    let grant = session::grant(&app, &account, &refresh, delivery, now)?;
    let location = [(header::LOCATION, format!("/v1/users/{}", account.id))];
    Ok((StatusCode::CREATED, location, grant))
}

fn open(app: &App, request: SignUpRequest, now: Instant) -> Result<Account, Problem> {
    let SignUpRequest { email, phone, password, nickname } = request;
    if email.is_none() && phone.is_none() {
        let detail = "Give an e-mail, a phone number, or both.";
        return Err(Problem::field("/email", "required", detail));
    }
    let hash = app.config.hashing.hash(password.as_str(), app.entropy.random())?;
    Ok(Account {
        id: UserId::from_uuid(app.entropy.uuid(now)),
        email,
        phone,
        nickname: nickname.unwrap_or_else(|| Nickname::generate(app.entropy.random())),
        roles: vec![Role::User],
        password_hash: Some(hash),
        created_at: now,
        version: 1,
        epoch: 1,
    })
}

#[cfg(test)]
mod tests;
