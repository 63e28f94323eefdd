//! What a successful sign-up, log-in or refresh hands out.

use axum::{
    Json,
    extract::FromRequestParts,
    response::{AppendHeaders, IntoResponse, Response},
};
use domain::identity::{Account, policy::REFRESH_TOKEN_LIFE};
use http::{HeaderName, header, request::Parts};
use kernel::{Instant, SessionId, Span};
use platform::{ACCESS_TOKEN_LIFE, App, CookieNames, Problem};
use serde::Serialize;
use store::identity::Session;
use utoipa::ToSchema;

use crate::{
    token::RefreshToken,
    view::{self, Me},
};

/// The refresh cookie goes nowhere else.
pub const REFRESH_PATH: &str = "/v1/sessions";
const DELIVERY_HEADER: &str = "x-token-delivery";

/// How the client wants its tokens: in the body, or (`X-Token-Delivery: cookie`) as cookies that
/// scripts cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenDelivery {
    Body,
    Cookie,
}

/// A signed-in user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    user: Me,
    /// For `Authorization: Bearer`. Absent when sent as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// Good for one `POST /v1/sessions/refresh`. Absent when sent as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until the access token expires.
    #[schema(example = 900)]
    expires_in: i64,
    /// With cookies, send it as `X-CSRF-Token` with everything but reads.
    csrf_token: String,
}

/// [`SignedIn`] and the cookies that go with it.
pub struct Grant {
    body: SignedIn,
    cookies: Vec<String>,
}

/// A new session of the account and its first refresh token.
pub fn begin(app: &App, account: &Account, now: Instant) -> (Session, RefreshToken) {
    let id = SessionId::from_uuid(app.entropy.uuid(now));
    let token = RefreshToken::issue(app, account.id, id);
    let session = Session {
        id,
        user: account.id,
        token_hash: token.hash(),
        epoch: account.epoch,
        created_at: now,
        expires: now + REFRESH_TOKEN_LIFE,
    };
    (session, token)
}

/// The answer that lets `account` in.
pub fn grant(
    app: &App,
    account: &Account,
    refresh: &RefreshToken,
    delivery: TokenDelivery,
    now: Instant,
) -> Result<Grant, Problem> {
    let access = app.keys.access_token(account.id, refresh.session, &account.roles, now)?;
    let refresh_text = refresh.text(&app.keys)?;
    let csrf_token = app.keys.csrf_token(refresh.session)?;
    let cookies = match delivery {
        TokenDelivery::Body => Vec::new(),
        TokenDelivery::Cookie => cookies(&access, &refresh_text, &csrf_token),
    };
    let in_body = |token: String| (delivery == TokenDelivery::Body).then_some(token);
    let body = SignedIn {
        user: Me::from(account),
        access_token: in_body(access),
        refresh_token: in_body(refresh_text),
        token_type: "Bearer",
        expires_in: ACCESS_TOKEN_LIFE.as_seconds_ceil(),
        csrf_token,
    };
    Ok(Grant { body, cookies })
}

fn cookies(access: &str, refresh: &str, csrf: &str) -> Vec<String> {
    vec![
        cookie(CookieNames::ACCESS, access, "/; HttpOnly", ACCESS_TOKEN_LIFE),
        cookie(
            CookieNames::REFRESH,
            refresh,
            &format!("{REFRESH_PATH}; HttpOnly"),
            REFRESH_TOKEN_LIFE,
        ),
        // Our own page reads this one.
        cookie(CookieNames::CSRF, csrf, "/", REFRESH_TOKEN_LIFE),
    ]
}

fn cookie(name: &str, value: &str, path: &str, life: Span) -> String {
    let seconds = life.as_seconds_ceil();
    format!("{name}={value}; Path={path}; Max-Age={seconds}; Secure; SameSite=Strict")
}

/// Makes a browser forget everything that [`Grant`] set.
pub fn forget() -> AppendHeaders<Vec<(HeaderName, String)>> {
    let gone = |name, path| cookie(name, "", path, Span::default());
    set([
        gone(CookieNames::ACCESS, "/; HttpOnly"),
        gone(CookieNames::REFRESH, &format!("{REFRESH_PATH}; HttpOnly")),
        gone(CookieNames::CSRF, "/"),
    ])
}

fn set(cookies: impl IntoIterator<Item = String>) -> AppendHeaders<Vec<(HeaderName, String)>> {
    AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect())
}

/// For the reference.
pub fn example() -> serde_json::Value {
    serde_json::json!({
        "user": view::example(),
        "accessToken": "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9…",
        "refreshToken": "AaH7ZxgAdJ-MQS4Y6-44tgGh…",
        "tokenType": "Bearer",
        "expiresIn": 900,
        "csrfToken": "6ca31a0c22221955…",
    })
}

impl IntoResponse for Grant {
    fn into_response(self) -> Response {
        (set(self.cookies), Json(self.body)).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for TokenDelivery {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.headers.get(DELIVERY_HEADER).map(|value| value.as_bytes()) {
            None | Some(b"body") => Ok(Self::Body),
            Some(b"cookie") => Ok(Self::Cookie),
            Some(_) => {
                let detail = "X-Token-Delivery must be body or cookie.";
                Err(Problem::field("header/X-Token-Delivery", "invalid", detail))
            }
        }
    }
}
