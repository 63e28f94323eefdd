//! GET /v1/openapi.json — the API's contract, for tools.

use http::header;
use platform::{Access, Delivery, Function, Http, IdempotencyRule, Method, Trigger};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::openapi::OPENAPI_JSON;

pub const FUNCTION: Function = Function {
    context: "operation",
    name: "show_openapi",
    summary: "The OpenAPI document of this API",
    trigger: Trigger::Http(Http {
        method: Method::Get,
        path: "/v1/openapi.json",
        access: Access::Public,
        idempotency: IdempotencyRule::Natural,
        delivery: Delivery::Buffered,
        problems: &[],
        routes: || OpenApiRouter::new().routes(routes!(handle)),
    }),
    grants: &[],
    memory_mb: 256,
    timeout_s: 3,
};

/// Caches may keep the document this long.
const CACHE_CONTROL: &str = "public, max-age=60";

/// The OpenAPI document of this API
///
/// OpenAPI 3.1, generated from the functions themselves: what it lists is what is deployed.
#[utoipa::path(
    get,
    path = "/v1/openapi.json",
    responses((
        status = 200,
        description = "The document",
        content_type = "application/json",
        body = Object,
        example = json!({ "openapi": "3.1.0" }),
    )),
)]
async fn handle() -> ([(header::HeaderName, &'static str); 2], &'static str) {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, CACHE_CONTROL)];
    (headers, OPENAPI_JSON)
}

#[cfg(test)]
mod tests;
