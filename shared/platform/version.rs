//! Versions as `ETag` and `If-Match`.

use crate::Problem;
use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderValue, header, request::Parts};

/// The version that the client saw; `None` when it does not care (no header, or `*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub Option<u32>);

/// The header that tells a version.
#[must_use]
pub fn etag(version: u32) -> [(header::HeaderName, String); 1] {
    [(header::ETAG, format!("\"{version}\""))]
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&parts.headers)
    }
}

fn read(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(IfMatch(None)) };
    let text = HeaderValue::to_str(value).unwrap_or_default();
    if text == "*" {
        return Ok(IfMatch(None));
    }
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let digits = number.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()) {
        Some(version) => Ok(IfMatch(Some(version))),
        None => {
            let detail = "If-Match must be one ETag of this resource, like \"3\".";
            Err(Problem::field("header/If-Match", "invalid", detail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_strong_tag() {
        let read = |text: &'static str| {
            let value = HeaderValue::from_static(text);
            read(&HeaderMap::from_iter([(header::IF_MATCH, value)]))
        };
        assert_eq!(read("\"3\"").unwrap(), IfMatch(Some(3)));
        assert_eq!(read("*").unwrap(), IfMatch(None));
        for bad in
            ["", "3", "\"\"", "\"+3\"", "\"-1\"", "W/\"3\"", "\"3\", \"4\"", "\"99999999999\""]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
