//! S3: whole objects under their keys, in the buckets that the template makes.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header::CONTENT_TYPE};

use crate::{
    account::Account,
    fault::FaultKind,
    state::{Object, State},
};

/// After the stack's prefix: where what a stream gave up is kept.
pub(crate) const UNDELIVERED: &str = "undelivered";

/// What a request asks of which object.
#[derive(Clone)]
pub(crate) struct Asked {
    pub method: Method,
    bucket: String,
    key: String,
    content_type: String,
    body: Bytes,
}

impl Asked {
    /// By the header that every signed request to S3 has.
    pub fn of(request: &Request<Bytes>) -> Option<Self> {
        let header = |name: &str| request.headers().get(name).and_then(|it| it.to_str().ok());
        header("x-amz-content-sha256")?;
        let (bucket, key) = request.uri().path().trim_start_matches('/').split_once('/')?;
        Some(Self {
            method: request.method().clone(),
            bucket: bucket.to_owned(),
            key: decoded(key)?,
            content_type: header("content-type").unwrap_or("binary/octet-stream").to_owned(),
            body: request.body().clone(),
        })
    }

    pub fn action(&self) -> &'static str {
        match self.method {
            Method::PUT => "s3:PutObject",
            Method::DELETE => "s3:DeleteObject",
            _ => "s3:GetObject",
        }
    }
}

/// The key behind its percent signs.
fn decoded(key: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(key.len());
    let mut letters = key.bytes();
    while let Some(letter) = letters.next() {
        match letter {
            b'%' => {
                let digits = [letters.next()?, letters.next()?];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Every bucket of the stack.
pub(crate) fn declare(state: &mut State, prefix: &str) {
    state.buckets.entry(format!("{prefix}{UNDELIVERED}")).or_default();
}

/// Answers a request for an object.
pub(crate) fn answer(account: &Account, asked: Asked) -> Response<Bytes> {
    let Asked { method, bucket, key, content_type, body } = asked;
    account.change(|state| {
        let Some(objects) = state.buckets.get_mut(&bucket) else {
            return refusal(StatusCode::NOT_FOUND, "NoSuchBucket");
        };
        match method {
            Method::PUT => {
                objects.insert(key, Object::new(&content_type, &body));
                response(StatusCode::OK, &content_type, Bytes::new())
            }
            Method::DELETE => {
                objects.remove(&key);
                response(StatusCode::NO_CONTENT, &content_type, Bytes::new())
            }
            Method::GET => match objects.get(&key) {
                Some(object) => {
                    response(StatusCode::OK, &object.content_type, object.body().into())
                }
                None => refusal(StatusCode::NOT_FOUND, "NoSuchKey"),
            },
            _ => refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed"),
        }
    })
}

/// What S3 answers under a fault, `None` when it knows no such failure.
pub(crate) fn faulty(fault: FaultKind) -> Option<Response<Bytes>> {
    match fault {
        FaultKind::Throttle => Some(refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown")),
        FaultKind::Status500 => Some(refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalError")),
        _ => None,
    }
}

fn refusal(status: StatusCode, code: &str) -> Response<Bytes> {
    let text = format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code></Error>");
    response(status, "application/xml", text.into())
}

fn response(status: StatusCode, content_type: &str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    if let Ok(kind) = content_type.parse() {
        response.headers_mut().insert(CONTENT_TYPE, kind);
    }
    response
}
