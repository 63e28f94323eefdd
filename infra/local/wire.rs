//! Responses in the exact shapes the SDK reads.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// JSON over POST with `x-amz-target`, or REST JSON.
    Json,
    /// Form in, XML out (SNS).
    Query,
}

/// A refusal as a service words it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub status: StatusCode,
    pub code: &'static str,
    /// SQS only: the code of its older protocol, which the SDK reports.
    pub query_code: Option<&'static str>,
    pub message: String,
}

impl ServiceError {
    /// The caller's mistake, status 400.
    pub fn client(code: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::BAD_REQUEST;
        Self { status, code, query_code: None, message: message.into() }
    }

    /// The service's own failure, status 500.
    pub fn server(code: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, ..Self::client(code, message) }
    }

    pub fn status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    pub fn query_code(self, code: &'static str) -> Self {
        Self { query_code: Some(code), ..self }
    }

    pub fn response(&self, protocol: Protocol) -> Response<Bytes> {
        match protocol {
            Protocol::Json => self.json_response(),
            Protocol::Query => self.xml_response(),
        }
    }

    fn json_response(&self) -> Response<Bytes> {
        // Some services read `message`, some `Message`: both are harmless to all.
        let body = json!({ "__type": self.code, "message": self.message, "Message": self.message });
        let mut response = json_response(self.status, &body);
        let headers = response.headers_mut();
        headers.insert("x-amzn-errortype", HeaderValue::from_static(self.code));
        let query = self.query_code.map(|code| HeaderValue::try_from(format!("{code};Sender")));
        if let Some(Ok(value)) = query {
            headers.insert("x-amzn-query-error", value);
        }
        response
    }

    fn xml_response(&self) -> Response<Bytes> {
        let kind = if self.status.is_server_error() { "Receiver" } else { "Sender" };
        let message = escape(&self.message);
        let error = format!(
            "<Error><Type>{kind}</Type><Code>{}</Code><Message>{message}</Message></Error>",
            self.code
        );
        xml_response(self.status, format!("<ErrorResponse>{error}</ErrorResponse>"))
    }
}

/// What a JSON service answers, before it becomes HTTP.
pub(crate) type Answer = Result<Value, ServiceError>;

pub(crate) fn json_response(status: StatusCode, body: &Value) -> Response<Bytes> {
    respond(status, "application/x-amz-json-1.0", body.to_string().into())
}

pub(crate) fn xml_response(status: StatusCode, body: String) -> Response<Bytes> {
    respond(status, "text/xml", body.into())
}

pub(crate) fn respond(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Text as XML character data.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `body[field]` as text, or the refusal every service has for a missing member.
pub(crate) fn required<'a>(
    body: &'a Value,
    field: &str,
    code: &'static str,
) -> Result<&'a str, ServiceError> {
    body.get(field)
        .and_then(Value::as_str)
        .ok_or_else(|| ServiceError::client(code, format!("{field} is required")))
}

/// `body[field]` as a whole number, when there.
pub(crate) fn number(body: &Value, field: &str) -> Option<i64> {
    body.get(field).and_then(Value::as_i64)
}
