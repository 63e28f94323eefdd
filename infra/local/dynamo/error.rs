//! A refusal, in the shape that DynamoDB answers it, whichever engine refused.

use serde_json::{Map, Value, json};

/// Where DynamoDB's own errors live, before the `#`.
const SPACE: &str = "com.amazonaws.dynamodb.v20120810#";
const VALIDATION: &str = "com.amazon.coral.validate#ValidationException";
const SERIALIZATION: &str = "com.amazon.coral.service#SerializationException";

/// Why one part of a transaction stood in its way, or did not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// `None` for the parts that would have gone through.
    pub code: String,
    pub message: Option<String>,
    /// The item as it stands, in DynamoDB's JSON, when the caller asked for it.
    pub item: Option<Value>,
}

/// What an engine answers instead of a result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct EngineError {
    /// Without its name space, like `ValidationException`.
    pub code: String,
    pub message: String,
    /// The item as it stands, of a failed condition whose caller asked for it.
    pub item: Option<Value>,
    /// One for every part of a cancelled transaction, else empty.
    pub reasons: Vec<Reason>,
}

impl EngineError {
    /// A refusal by its code.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        let (code, message) = (code.to_owned(), message.into());
        Self { code, message, item: None, reasons: Vec::new() }
    }

    /// A request that no state of the tables could make right.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message)
    }

    /// The service's own failure.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new("InternalServerError", message)
    }

    pub(crate) fn condition_failed(item: Option<Value>) -> Self {
        let message = "The conditional request failed";
        Self { item, ..Self::new("ConditionalCheckFailedException", message) }
    }

    /// A transaction of which at least one reason is not `None`.
    pub(crate) fn cancelled(reasons: Vec<Reason>) -> Self {
        let codes: Vec<_> = reasons.iter().map(|reason| reason.code.as_str()).collect();
        let message = format!(
            "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
            codes.join(", ")
        );
        Self { reasons, ..Self::new("TransactionCanceledException", message) }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        match self.code.as_str() {
            "InternalServerError" => 500,
            "UnsupportedOperation" => 501,
            _ => 400,
        }
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Value {
        let kind = match self.code.as_str() {
            "ValidationException" => VALIDATION.to_owned(),
            "SerializationException" => SERIALIZATION.to_owned(),
            code => format!("{SPACE}{code}"),
        };
        let mut body = Map::new();
        body.insert("__type".into(), kind.into());
        // DynamoDB itself is of two minds about the capital.
        let capital = ["TransactionCanceledException", "SerializationException"];
        let field = if capital.contains(&&*self.code) { "Message" } else { "message" };
        body.insert(field.into(), self.message.clone().into());
        if let Some(item) = &self.item {
            body.insert("Item".into(), item.clone());
        }
        if !self.reasons.is_empty() {
            let reasons: Vec<_> = self.reasons.iter().map(Reason::body).collect();
            body.insert("CancellationReasons".into(), reasons.into());
        }
        Value::Object(body)
    }
}

impl Reason {
    /// The part would have gone through.
    pub(crate) fn none() -> Self {
        Self { code: "None".to_owned(), ..Self::default() }
    }

    fn body(&self) -> Value {
        let mut body = json!({ "Code": self.code });
        if let Some(map) = body.as_object_mut() {
            if let Some(message) = &self.message {
                map.insert("Message".into(), message.clone().into());
            }
            if let Some(item) = &self.item {
                map.insert("Item".into(), item.clone());
            }
        }
        body
    }
}
