//! Idempotency keys: the first answer is stored with the effect and replayed.

use axum::{
    body::Bytes,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header, request::Parts};
use kernel::{Instant, codes};
use serde::Serialize;
use store::{
    CommitError, Item, Label, Transaction,
    idempotency::{self, Answer, Request},
};

use crate::{App, Caller, Function, IdempotencyRule, Keys, Now, Problem};

/// Header of a replayed answer.
const REPLAYED: &str = "idempotency-replayed";
const KEY_CHARS_MAX: usize = 64;

/// The request's idempotency key, bound to its user, route and body.
#[derive(Clone, Debug)]
pub struct Once {
    request: Option<Request>,
    now: Instant,
}

/// The key of a request as sent, for routes that keep a record of their own (bids): they have no
/// use for what tells two requests of one key apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey(pub String);

/// The body as sent, put into the request by the host when a key was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentBody(pub Bytes);

/// A keyed hash of method, path and body: a body may hold what is soon guessed from a plain hash,
/// like six digits.
fn fingerprint(parts: &Parts, body: &[u8], keys: &Keys) -> Result<String, Problem> {
    let what = [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), body];
    Ok(hex::encode(keys.seal("request", &what)?))
}

/// A JSON answer that can be stored and sent again.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    location: Option<String>,
    body: String,
    replayed: bool,
}

impl Reply {
    pub fn ok<B: Serialize>(body: &B) -> Result<Self, Problem> {
        Self::new(StatusCode::OK, None, body)
    }
    pub fn created<B: Serialize>(location: String, body: &B) -> Result<Self, Problem> {
        Self::new(StatusCode::CREATED, Some(location), body)
    }
    fn new<B: Serialize>(
        status: StatusCode,
        location: Option<String>,
        body: &B,
    ) -> Result<Self, Problem> {
        let body = serde_json::to_string(body).map_err(Problem::internal)?;
        Ok(Self { status, location, body, replayed: false })
    }
    /// The same answer, told to be a repetition.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.replayed = true;
        self
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        let mut response = (self.status, [(header::CONTENT_TYPE, json)], self.body).into_response();
        let location = self.location.and_then(|text| HeaderValue::try_from(text).ok());
        if let Some(location) = location {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if self.replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl Once {
    /// The key as sent.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.request.as_ref().map(|request| request.key.as_str())
    }

    /// The first answer, when this request is a repetition; 422 when only its key is.
    pub async fn replay(&self, app: &App) -> Result<Option<Reply>, Problem> {
        let Some(request) = &self.request else { return Ok(None) };
        match app.store.idempotency_find(request, self.now).await? {
            Some(answer) => replay(request, answer).map(Some),
            None => Ok(None),
        }
    }

    /// Adds the answer to the transaction of the effect, for whoever commits it themselves.
    pub fn record(&self, transaction: Transaction, reply: &Reply) -> Result<Transaction, Problem> {
        let Some(request) = &self.request else { return Ok(transaction) };
        let status = reply.status.as_u16();
        let location = reply.location.clone();
        let record = idempotency::record(request, status, location, reply.body.clone(), self.now)?;
        Ok(transaction.write_as(Label::Answer, record))
    }

    /// Commits the effect together with its answer. A condition of the effect that fails goes
    /// through `explain`; when the record is what failed, the first answer is replayed.
    pub async fn commit(
        &self,
        app: &App,
        transaction: Transaction,
        reply: Reply,
        explain: impl FnOnce(Label, Option<Item>) -> Problem,
    ) -> Result<Reply, Problem> {
        let transaction = self.record(transaction, &reply)?;
        match app.store.commit(transaction).await {
            Ok(()) => Ok(reply),
            Err(CommitError::Condition { label, item }) => match self.replay(app).await? {
                Some(first) => Ok(first),
                None if label == Label::Answer => {
                    Err(Problem::try_again("the record came and went"))
                }
                None => Err(explain(label, item)),
            },
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}

fn replay(request: &Request, answer: Answer) -> Result<Reply, Problem> {
    if answer.fingerprint != request.fingerprint {
        return Err(reused());
    }
    let status = StatusCode::from_u16(answer.status).map_err(Problem::internal)?;
    Ok(Reply { status, location: answer.location, body: answer.body, replayed: true })
}

impl Problem {
    /// The key names another request.
    #[must_use]
    pub fn idempotency_key_reused() -> Self {
        reused()
    }
}

fn reused() -> Problem {
    Problem::new(
        codes::IDEMPOTENCY_KEY_REUSED,
        "This Idempotency-Key belongs to a request with another body. Use a fresh one.",
    )
}

impl FromRequestParts<App> for Once {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Now(now) = Now::from_request_parts(parts, app).await?;
        let function = parts.extensions.get::<&'static Function>().copied();
        let function = function.ok_or_else(|| Problem::internal("the host set no function"))?;
        let rule = function.http().map(|http| http.idempotency);
        let Some(key) = sent_key(parts)? else {
            return match rule {
                Some(IdempotencyRule::Required) => Err(required()),
                _ => Ok(Self { request: None, now }),
            };
        };
        let caller = <Caller as FromRequestParts<App>>::from_request_parts(parts, app).await?;
        let fingerprint = match parts.extensions.get::<SentBody>() {
            Some(SentBody(body)) => fingerprint(parts, body, &app.keys)?,
            None => String::new(),
        };
        let request = Request { user: caller.user, route: function.id(), key, fingerprint };
        Ok(Self { request: Some(request), now })
    }
}

impl<S: Sync> FromRequestParts<S> for RequestKey {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        sent_key(parts)?.map(Self).ok_or_else(required)
    }
}

fn sent_key(parts: &Parts) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| is_key(key)).ok_or_else(invalid)?;
    Ok(Some(key.to_owned()))
}

fn is_key(key: &str) -> bool {
    (1..=KEY_CHARS_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn required() -> Problem {
    Problem::new(
        codes::IDEMPOTENCY_KEY_REQUIRED,
        "Send an Idempotency-Key of your own making, the same again when you repeat the request.",
    )
}

fn invalid() -> Problem {
    Problem::new(
        codes::IDEMPOTENCY_KEY_INVALID,
        "The Idempotency-Key must be 1 to 64 visible ASCII characters.",
    )
}
