//! The API's contract, for tools.

use http::header;
use platform::{Access, Function, Http};
use utoipa_axum::routes;

use crate::openapi::OPENAPI_JSON;

const PATH: &str = "/v1/openapi.json";

pub const FUNCTION: Function = Function::endpoint(
    "operation",
    "show_openapi",
    Http::get(PATH, || routes!(handle)).access(Access::Public),
)
.timeout_s(3);

/// Caches may keep the document this long.
const CACHE_CONTROL: &str = "public, max-age=60";

/// The OpenAPI document of this API
///
/// OpenAPI 3.1, generated from the functions themselves: what it lists is what is deployed.
#[utoipa::path(
    get,
    path = PATH,
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
