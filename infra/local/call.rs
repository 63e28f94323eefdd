//! Which service and operation a request means, and how each fails.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::Value;

use crate::{
    dynamo,
    fault::FaultKind,
    s3, scheduler,
    wire::{Protocol, ServiceError},
};

/// Which service and operation a request means.
#[derive(Clone)]
pub(crate) enum Call {
    Dynamo(String),
    Sqs(String),
    Events(String),
    Secrets(String),
    Sns(BTreeMap<String, String>),
    Email,
    Schedule { method: Method, name: String, query: BTreeMap<String, String> },
    Object(s3::Asked),
    Unknown,
}

impl Call {
    /// By the target header, the path or the form: never by host, which an endpoint override
    /// changes.
    pub fn of(request: &Request<Bytes>) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        if let Some((service, operation)) = header("x-amz-target").and_then(|t| t.split_once('.')) {
            let operation = operation.to_owned();
            return match service {
                "DynamoDB_20120810" => Self::Dynamo(operation),
                "AmazonSQS" => Self::Sqs(operation),
                "AWSEvents" => Self::Events(operation),
                "secretsmanager" => Self::Secrets(operation),
                _ => Self::Unknown,
            };
        }
        if let Some(asked) = s3::Asked::of(request) {
            return Self::Object(asked);
        }
        let form = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect();
        let path = request.uri().path();
        if path == "/v2/email/outbound-emails" {
            return Self::Email;
        }
        if let Some(name) = path.strip_prefix("/schedules") {
            let query = form(request.uri().query().unwrap_or_default().as_bytes());
            let name = name.trim_start_matches('/').to_owned();
            return Self::Schedule { method: request.method().clone(), name, query };
        }
        let kind = header("content-type").unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            return Self::Sns(form(request.body()));
        }
        Self::Unknown
    }

    /// The action as IAM spells it.
    pub fn action(&self) -> String {
        match self {
            Self::Dynamo(operation) => format!("dynamodb:{operation}"),
            Self::Sqs(operation) => format!("sqs:{operation}"),
            Self::Events(operation) => format!("events:{operation}"),
            Self::Secrets(operation) => format!("secretsmanager:{operation}"),
            Self::Sns(form) => format!("sns:{}", form.get("Action").map_or("", String::as_str)),
            Self::Email => "ses:SendEmail".to_owned(),
            Self::Schedule { method, name, .. } => scheduler::action(method, name).to_owned(),
            Self::Object(asked) => asked.action().to_owned(),
            Self::Unknown => "unknown".to_owned(),
        }
    }

    /// What the service answers under a fault, `None` when it knows no such failure.
    pub fn faulty(&self, fault: FaultKind, body: &Value) -> Option<Response<Bytes>> {
        let error = match (self, fault) {
            (Self::Dynamo(operation), fault) => return dynamo::faulty(fault, operation, body),
            (Self::Object(_), fault) => return s3::faulty(fault),
            (Self::Sqs(_), FaultKind::Throttle) => {
                ServiceError::client("com.amazonaws.sqs#RequestThrottled", "Rate exceeded")
                    .query_code("RequestThrottled")
            }
            (Self::Email, FaultKind::Throttle) => {
                ServiceError::client("TooManyRequestsException", "Rate exceeded")
                    .status(StatusCode::TOO_MANY_REQUESTS)
            }
            (_, FaultKind::Throttle) => {
                ServiceError::client("ThrottlingException", "Rate exceeded")
                    .status(StatusCode::TOO_MANY_REQUESTS)
            }
            (_, FaultKind::Status500) => ServiceError::server("InternalFailure", "on purpose"),
            _ => return None,
        };
        let is_query = matches!(self, Self::Sns(_));
        Some(error.response(if is_query { Protocol::Query } else { Protocol::Json }))
    }
}
