//! $default — whatever no other route takes: 404, or 405 when only the method is wrong.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    response::{IntoResponse, Response},
    routing::any,
};
use http::{HeaderValue, Uri, header};
use kernel::codes;
use platform::{Access, FALLBACK_PATH, Function, Http, Method, Problem};
use serde::{Deserialize, de::IgnoredAny};

use crate::openapi::OPENAPI_JSON;

pub const FUNCTION: Function = Function::undocumented(
    "operation",
    "answer_unknown",
    "Answers requests to paths and methods that do not exist",
    Http::undocumented(Method::Any, FALLBACK_PATH, || any(handle))
        .access(Access::Public)
        .problems(&[codes::ROUTE_NOT_FOUND, codes::METHOD_NOT_ALLOWED]),
)
.memory_mb(128)
.timeout_s(3);

async fn handle(method: http::Method, uri: Uri) -> Response {
    let allowed = methods_of(&ROUTES, uri.path());
    if allowed.is_empty() || allowed.iter().any(|known| known == method.as_str()) {
        // A path that is known with its method is served elsewhere: streams have their own host.
        let detail = "Nothing answers here. See /docs for what does.";
        return Problem::new(codes::ROUTE_NOT_FOUND, detail).into_response();
    }
    let allowed = allowed.join(", ");
    let detail = format!("This path answers {allowed}.");
    let mut response = Problem::new(codes::METHOD_NOT_ALLOWED, detail).into_response();
    if let Ok(value) = HeaderValue::try_from(allowed) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// A path as in the reference, like `/v1/auctions/{auctionId}`, and its methods in upper case.
type Routes = Vec<(String, Vec<String>)>;

static ROUTES: LazyLock<Routes> = LazyLock::new(|| routes_of(OPENAPI_JSON));

/// The routes that an OpenAPI document lists; none when it is not one.
fn routes_of(openapi: &str) -> Routes {
    #[derive(Deserialize)]
    struct Document {
        paths: BTreeMap<String, BTreeMap<String, IgnoredAny>>,
    }
    let paths = serde_json::from_str(openapi)
        .map_or_else(|_| BTreeMap::new(), |document: Document| document.paths);
    let upper = |methods: BTreeMap<String, IgnoredAny>| {
        methods.into_keys().map(|method| method.to_ascii_uppercase()).collect()
    };
    paths.into_iter().map(|(path, methods)| (path, upper(methods))).collect()
}

/// The methods that some route of this shape answers, sorted.
fn methods_of(routes: &Routes, path: &str) -> Vec<String> {
    let fitting = routes.iter().filter(|(pattern, _)| fits(pattern, path));
    let mut methods: Vec<_> = fitting.flat_map(|(_, methods)| methods.clone()).collect();
    methods.sort();
    methods.dedup();
    methods
}

/// Whether `path` is `pattern` with every `{parameter}` filled in.
fn fits(pattern: &str, path: &str) -> bool {
    let mut pattern = pattern.split('/');
    let mut path = path.split('/');
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if wanted.starts_with('{') && !given.is_empty() => {}
            (Some(wanted), Some(given)) if wanted == given => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests;
