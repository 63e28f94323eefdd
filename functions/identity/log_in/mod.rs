//! Lets somebody in by e-mail or phone number and password.

mod credentials;

use axum::{extract::State, response::IntoResponse};
use domain::identity::Account;
use http::{StatusCode, header};
use kernel::{UserId, codes};
use platform::{
    Access, App, Function, Grant, Http, IdempotencyRule, Problem, Secret, retry::Policy,
};
use store::{Read, Table, identity::ChangeError};
use utoipa_axum::routes;
use uuid::Uuid;

use self::credentials::Credentials;
pub use self::credentials::LogInRequest;
use crate::{
    limits::Limits,
    problems,
    session::{self, REFRESH_PATH, SignedIn, TokenDelivery},
};

const PATH: &str = "/v1/sessions";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "log_in",
    Http::post(PATH, || routes!(handle))
        .access(Access::Public)
        // Every log-in is a session of its own.
        .idempotency(IdempotencyRule::Natural)
        .problems(&[codes::WRONG_CREDENTIALS, codes::TOO_MANY_LOGIN_FAILURES]),
)
.grants(&[
    Grant::table(Table::Identity).get().check(),
    Grant::table(Table::Session).put(),
    Grant::table(Table::Operation).update(),
])
.memory_mb(1024)
.secrets(&[Secret::Signing]);

/// How often an account is judged anew that changed between the judging and the session.
const LOG_IN: Policy = Policy::named("log-in", 3);

/// Lets somebody in by e-mail or phone number and password
///
/// Credentials come as JSON, or as `Authorization: Basic base64(name:password)` without a body
/// (then neither name nor password can hold a colon). Whatever is wrong with them, the answer is
/// the same. Five failures within 15 minutes, per account and per network address, and further
/// attempts are refused; an attempt still running counts as failed until it succeeds.
#[utoipa::path(
    post,
    path = PATH,
    params(
        ("X-Token-Delivery" = Option<String>, Header, description = "`body` (default) or `cookie`"),
    ),
    request_body = Option<LogInRequest>,
    responses((
        status = 201,
        description = "A session has begun",
        body = SignedIn,
        headers(("Location" = String, description = "The session, to be ended there")),
        example = json!(session::example()),
    )),
)]
async fn handle(
    State(app): State<App>,
    limits: Limits,
    delivery: TokenDelivery,
    credentials: Credentials,
) -> Result<impl IntoResponse, Problem> {
    let mut attempts = LOG_IN.attempts();
    while attempts.again() {
        let account = authenticate(&app, &limits, &credentials).await?;
        let (session, refresh) = session::begin(&app, &account, limits.now);
        match app.store.session_create(&session).await {
            Ok(()) => {}
            // The password that was verified may be the old one by now.
            Err(ChangeError::Stale) => continue,
            Err(error) => return Err(problems::change(error)),
        }
        let grant = session::grant(&app, &account, &refresh, delivery, limits.now)?;
        let location = [(header::LOCATION, format!("{REFRESH_PATH}/current"))];
        return Ok((StatusCode::CREATED, location, grant));
    }
    Err(attempts.exhausted().into())
}

/// Takes as many steps for an unknown name as for a known one.
async fn authenticate(
    app: &App,
    limits: &Limits,
    credentials: &Credentials,
) -> Result<Account, Problem> {
    let holder = app.store.claim_holder(&credentials.name).await?;
    let id = holder.unwrap_or_else(|| UserId::from_uuid(Uuid::nil()));
    let account = app.store.user_find(id, Read::Consistent).await?;
    let counted = match holder {
        Some(user) => user.to_string(),
        None => credentials.pseudonym(&app.keys)?,
    };
    let guess = limits.guess(&counted).await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let right = app.config.hashing.verify(stored, &credentials.password)?;
    match account.filter(|_| right) {
        Some(account) => {
            guess.give_back().await;
            Ok(account)
        }
        None => Err(problems::wrong_credentials()),
    }
}

#[cfg(test)]
mod tests;
