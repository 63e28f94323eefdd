//! The API reference for people: one page, nothing loaded from elsewhere.
//!
//! The page draws `/v1/openapi.json`; it knows nothing about any route itself.

use std::sync::LazyLock;

use axum::response::Html;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderName, header};
use platform::{Access, Function, Http};
use sha2::{Digest, Sha256};
use utoipa_axum::routes;

const PATH: &str = "/docs";

pub const FUNCTION: Function = Function::endpoint(
    "operation",
    "show_docs",
    Http::get(PATH, || routes!(handle)).access(Access::Public),
)
.timeout_s(3);

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page as sent, with its style and script inside.
static HTML: LazyLock<String> =
    LazyLock::new(|| PAGE.replace("/*STYLE*/", STYLE).replace("/*SCRIPT*/", SCRIPT));

/// Lets exactly this style and this script run, and talk to nobody but us.
static CONTENT_SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let style = hash(STYLE);
    let script = hash(SCRIPT);
    format!(
        "default-src 'none'; style-src {style}; script-src {script}; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The API reference as a web page
///
/// Self-contained and without third parties: it works offline and draws `/v1/openapi.json`.
#[utoipa::path(
    get,
    path = PATH,
    responses((
        status = 200,
        description = "The page",
        content_type = "text/html",
        body = String,
        example = json!("<!doctype html>"),
    )),
)]
async fn handle() -> ([(HeaderName, &'static str); 2], Html<&'static str>) {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY.as_str()),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, Html(HTML.as_str()))
}

#[cfg(test)]
mod tests;
