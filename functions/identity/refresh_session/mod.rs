//! Trades a refresh token for the next pair of tokens.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
    response::IntoResponse,
};
use domain::identity::policy::REFRESH_TOKEN_LIFE;
use http::HeaderMap;
use kernel::codes;
use platform::{
    ACCESS_TOKEN_LIFE, Access, App, CookieNames, Function, Grant, Http, Json, Now, Problem, Secret,
    cookie,
};
use serde::Deserialize;
use store::{
    Read, Table,
    identity::{Rotated, Rotation, SessionOf},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::{
    problems,
    session::{self, SignedIn, TokenDelivery},
    token::RefreshToken,
};

const PATH: &str = "/v1/sessions/refresh";

pub const FUNCTION: Function = Function::endpoint(
    "identity",
    "refresh_session",
    Http::post(PATH, || routes!(handle))
        .access(Access::Public)
        .problems(&[codes::REFRESH_TOKEN_INVALID]),
)
.grants(&[Grant::table(Table::Identity).get(), Grant::table(Table::Session).update()])
.timeout_s(5)
.secrets(&[Secret::Signing]);

/// The token to trade in. Browser clients send their cookie and no body.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefreshRequest {
    refresh_token: String,
}

/// The token as it came, and how the next one is to go.
struct Shown {
    token: RefreshToken,
    delivery: TokenDelivery,
}

/// Trades a refresh token for the next pair of tokens
///
/// A refresh token is good once. Showing it again, also twice at the same time, ends its session:
/// one of two equal requests gets tokens, the other 401, and those tokens die with the session at
/// their next use. Roles are read anew. Leave the expired access token out: a bad one is refused on
/// every route. With the cookie, `X-CSRF-Token` is required and the next tokens come as cookies.
#[utoipa::path(
    post,
    path = PATH,
    params(
        ("X-Token-Delivery" = Option<String>, Header, description = "`body` (default) or `cookie`"),
    ),
    request_body = Option<RefreshRequest>,
    responses((
        status = 200,
        description = "The next tokens",
        body = SignedIn,
        example = json!(session::example()),
    )),
)]
async fn handle(
    State(app): State<App>,
    Now(now): Now,
    Shown { token, delivery }: Shown,
) -> Result<impl IntoResponse, Problem> {
    let account = app.store.user_find(token.user, Read::Consistent).await?;
    let account = account.ok_or_else(problems::refresh_token_invalid)?;
    let next = RefreshToken::issue(&app, token.user, token.session);
    let rotation = Rotation {
        user: token.user,
        session: token.session,
        shown: token.hash(),
        next: next.hash(),
        epoch: account.epoch,
        life: REFRESH_TOKEN_LIFE,
    };
    match app.store.session_rotate(&rotation, now).await? {
        Rotated::Done => session::grant(&app, &account, &next, delivery, now),
        Rotated::Over => Err(problems::refresh_token_invalid()),
        Rotated::Reused => {
            let session = SessionOf { user: token.user, session: token.session };
            app.store.session_revoke(session, ACCESS_TOKEN_LIFE, now).await?;
            let mut problem = problems::refresh_token_invalid();
            problem.cause = Some("a used refresh token was shown: session revoked".to_owned());
            Err(problem)
        }
    }
}

impl FromRequest<App> for Shown {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let delivery = {
            use axum::extract::FromRequestParts as _;
            TokenDelivery::from_request_parts(&mut parts, app).await?
        };
        let request = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(request, app).await.map_err(Problem::try_again)?;
        if body.is_empty() {
            return from_cookie(app, &parts.headers);
        }
        let request = Request::from_parts(parts, Body::from(body));
        let Json(request) = Json::<RefreshRequest>::from_request(request, app).await?;
        let token = RefreshToken::read(&app.keys, &request.refresh_token);
        let token = token.ok_or_else(problems::refresh_token_invalid)?;
        Ok(Self { token, delivery })
    }
}

fn from_cookie(app: &App, headers: &HeaderMap) -> Result<Shown, Problem> {
    let text = cookie(headers, CookieNames::REFRESH);
    let token = text.and_then(|text| RefreshToken::read(&app.keys, text));
    let token = token.ok_or_else(problems::refresh_token_invalid)?;
    app.keys.check_csrf(token.session, headers)?;
    Ok(Shown { token, delivery: TokenDelivery::Cookie })
}

#[cfg(test)]
mod tests;
