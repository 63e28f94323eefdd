//! The end of an invocation that takes longer than its function may.

use axum::{
    Json,
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{StreamExt, future::Either};
use http::StatusCode;
use kernel::{Clock, Span};
use platform::{Delivery, Function};
use serde_json::json;

use crate::lease::Lease;

/// Lambda's own words for it.
pub(crate) fn timed_out(function: &Function) -> String {
    format!("Task timed out after {}.00 seconds", function.timeout_s)
}

/// What `work` comes to, unless the function's timeout passes first: then it is broken off where it
/// stands, and `None` is the answer.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    function: &Function,
    work: impl Future<Output = T>,
) -> Option<T> {
    let limit = clock.sleep(Span::seconds(i64::from(function.timeout_s)));
    let work = std::pin::pin!(work);
    match futures::future::select(work, limit).await {
        Either::Left((done, _)) => Some(done),
        Either::Right(_) => None,
    }
}

/// An HTTP function's answer as API Gateway gives it: 503 when the function took too long. A stream
/// ends where the function's time does.
pub(crate) async fn answered(
    clock: &dyn Clock,
    function: &'static Function,
    lease: Lease,
    request: Request,
    next: Next,
) -> Response {
    let streams = function.http().is_some_and(|http| http.delivery == Delivery::Streamed);
    let end = streams.then(|| clock.sleep(Span::seconds(i64::from(function.timeout_s))));
    let work = lease.run(next.run(request));
    match (within(clock, function, work).await, end) {
        (None, _) => {
            tracing::warn!(function = function.id(), "{}", timed_out(function));
            unavailable()
        }
        (Some(response), None) => response,
        (Some(response), Some(end)) => {
            response.map(|body| {
                // It runs as long as it streams.
                let rest = body.into_data_stream().take_until(end);
                Body::from_stream(rest.inspect(move |_| {
                    let _ = &lease;
                }))
            })
        }
    }
}

/// What API Gateway answers for a function that did not.
pub(crate) fn unavailable() -> Response {
    let body = Json(json!({ "message": "Service Unavailable" }));
    (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
}
