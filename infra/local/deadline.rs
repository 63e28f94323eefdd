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
    request: Request,
    next: Next,
) -> Response {
    let streams = function.http().is_some_and(|http| http.delivery == Delivery::Streamed);
    let end = streams.then(|| clock.sleep(Span::seconds(i64::from(function.timeout_s))));
    match (within(clock, function, next.run(request)).await, end) {
        (None, _) => {
            tracing::warn!(function = function.id(), "{}", timed_out(function));
            let body = Json(json!({ "message": "Service Unavailable" }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
        (Some(response), None) => response,
        (Some(response), Some(end)) => {
            response.map(|body| Body::from_stream(body.into_data_stream().take_until(end)))
        }
    }
}
