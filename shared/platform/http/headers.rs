//! Headers that every answer has: what keeps a browser from harm, and who may read it from where.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::App;

const SECURITY_HEADERS: &[(HeaderName, &str)] = &[
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds them to the answer to a request of this id, from this origin.
pub(super) fn add_headers(
    app: &App,
    request_id: &str,
    origin: Option<&HeaderValue>,
    headers: &mut HeaderMap,
) {
    // What a shared cache keeps of a request without an origin must not be answered to one with.
    if headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    }
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::try_from(request_id) {
        headers.insert("x-request-id", value);
    }
    for (name, value) in cors(app, origin) {
        headers.insert(name, value);
    }
}

fn cors(app: &App, origin: Option<&HeaderValue>) -> Vec<(HeaderName, HeaderValue)> {
    let allowed = |origin: &&HeaderValue| {
        app.config.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
    };
    let Some(origin) = origin.filter(allowed) else { return Vec::new() };
    vec![
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()),
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")),
        (header::VARY, HeaderValue::from_static("origin")),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(
                "location, etag, retry-after, idempotency-replayed, x-request-id",
            ),
        ),
    ]
}

/// The answer to a browser's preflight, which API Gateway gives in the cloud and the local gateway
/// on a laptop. An origin that is not on the list gets no permission.
pub fn preflight(app: &App, headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in cors(app, headers.get(header::ORIGIN)) {
        response.headers_mut().insert(name, value);
    }
    if response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        let out = response.headers_mut();
        let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
        out.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
        let names = "authorization, content-type, idempotency-key, if-match, last-event-id, \
            x-csrf-token, x-token-delivery";
        out.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(names));
        out.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    response
}
