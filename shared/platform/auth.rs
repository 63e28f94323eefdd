//! Who is calling.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use domain::identity::Role;
use http::{HeaderMap, header, request::Parts};
use kernel::{SessionId, Span, UserId, codes};
use serde::{Deserialize, Serialize};

use crate::Problem;

/// How long an access token lives (`rules.md`, "Accounts").
pub const ACCESS_TOKEN_LIFE: Span = Span::minutes(15);
pub(crate) const AUDIENCE: &str = "jangteo";
pub(crate) const ACCESS: &str = "access";

/// An access token's claims.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    pub sub: UserId,
    pub sid: SessionId,
    pub roles: Vec<String>,
    pub typ: String,
    pub iss: String,
    pub aud: String,
    pub iat: i64,
    pub exp: i64,
}

/// A signed-in user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    pub session: SessionId,
    pub roles: Vec<Role>,
}

/// What an access token of ours grants, and until when (seconds).
#[derive(Clone)]
pub(crate) struct Granted {
    pub caller: Caller,
    pub expires: i64,
    /// The key under which it was signed.
    pub kid: String,
}

/// The caller, when there is one.
#[derive(Clone, Debug)]
pub struct MaybeCaller(pub Option<Caller>);

/// The cookies of the browser variant.
pub struct CookieNames;
impl CookieNames {
    pub const ACCESS: &'static str = "__Host-jangteo-access";
    pub const REFRESH: &'static str = "__Secure-jangteo-refresh";
    pub const CSRF: &'static str = "__Host-jangteo-csrf";
    /// What a browser client must send with every unsafe request.
    pub const CSRF_HEADER: &'static str = "x-csrf-token";
}

impl Caller {
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';'));
    let mut found = pairs.filter_map(|pair| pair.trim().split_once('='));
    found.find(|(key, _)| *key == name).map(|(_, value)| value)
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(unauthenticated)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.extensions.get::<Caller>().cloned()))
    }
}

impl Problem {
    /// The token is good, but its session was ended.
    #[must_use]
    pub fn session_over() -> Self {
        Self::new(codes::TOKEN_INVALID, "The session of this token is over.")
    }
}

pub(crate) fn unauthenticated() -> Problem {
    Problem::new(codes::UNAUTHENTICATED, "This needs an access token.")
}
