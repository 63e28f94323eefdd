//! Errors as clients see them: RFC 9457 problem documents.

use axum::response::{IntoResponse, Response};
use kernel::{Instant, ProblemCode, Span, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{CommitError, Corrupt, StoreError};
use utoipa::ToSchema;

/// An error on its way to the client. What a client may read is in `detail` and `members`; what
/// only we may read is in `cause`.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: ProblemCode,
    pub detail: String,
    pub errors: Vec<FieldError>,
    /// Further members of the document, like `minimumNextBid`.
    pub members: Map<String, Value>,
    pub retry_after: Option<Span>,
    /// For the log only.
    pub cause: Option<String>,
}

/// One field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the body, or `query/name`, `path/name`, `header/name`.
    #[schema(example = "/amount")]
    pub pointer: String,
    /// `required`, `unknown-field`, `wrong-type` or `invalid`.
    #[schema(example = "invalid")]
    pub code: String,
    pub detail: String,
}

/// The document on the wire (`application/problem+json`). Some problems carry further members.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// `/problems/<code>`
    #[serde(rename = "type")]
    pub kind: String,
    /// English or Korean, by `Accept-Language`.
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// Stable, to program against.
    pub code: String,
    pub request_id: String,
    #[schema(value_type = String, format = DateTime)]
    pub timestamp: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: Map<String, Value>,
}

impl Problem {
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            members: Map::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// A rejection of the rules: its text, as a sentence, is what the client reads.
    #[must_use]
    pub fn rejected(code: ProblemCode, rejection: &dyn std::error::Error) -> Self {
        let text = rejection.to_string();
        let mut letters = text.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().to_string());
        Self::new(code, format!("{}{}.", first.unwrap_or_default(), letters.as_str()))
    }

    /// A fault of ours; `cause` goes to the log and nowhere else.
    #[must_use]
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(codes::INTERNAL, "The request failed. It was logged.");
        problem.cause = Some(cause.to_string());
        problem
    }

    /// The request could not be finished now. Whether it took effect is not always known, so the
    /// text promises nothing but that repeating is safe.
    #[must_use]
    pub fn try_again(cause: impl std::fmt::Display) -> Self {
        let detail = "It is not certain whether the request took effect. Send it again, with the \
                      same Idempotency-Key if it had one: it will not take effect twice.";
        let mut problem = Self::new(codes::TRY_AGAIN, detail).retry_after(Span::seconds(1));
        problem.cause = Some(cause.to_string());
        problem
    }

    /// Something is owed for a penalty: no way in, and no way out (`rules.md`, "Trade").
    #[must_use]
    pub fn penalty_due() -> Self {
        let detail = "You owe for a penalty. It is taken out of whatever comes into your wallet; \
                      until then you neither buy nor sell, and nothing leaves.";
        Self::new(codes::PENALTY_DUE, detail)
    }

    /// One invalid field.
    #[must_use]
    pub fn field(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut problem = Self::new(codes::INVALID_REQUEST, detail.clone());
        problem.errors.push(FieldError { pointer: pointer.into(), code: code.to_owned(), detail });
        problem
    }

    #[must_use]
    pub const fn retry_after(mut self, span: Span) -> Self {
        self.retry_after = Some(span);
        self
    }

    #[must_use]
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }
}

/// The problem travels as an extension; `http::serve` writes the document, because only it knows
/// path, request id, time and language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = http::StatusCode::from_u16(self.code.status)
            .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) => Self::try_again(error),
            StoreError::Corrupt(_) | StoreError::Refused(_) => Self::internal(error),
        }
    }
}

impl From<CommitError> for Problem {
    /// For writes whose conditions hold unless two requests race: the loser may try again.
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Condition { .. } => Self::try_again(error),
            CommitError::Store(error) => error.into(),
        }
    }
}

impl From<Corrupt> for Problem {
    fn from(error: Corrupt) -> Self {
        Self::internal(error)
    }
}

impl From<messaging::PublishError> for Problem {
    fn from(error: messaging::PublishError) -> Self {
        Self::try_again(error)
    }
}
