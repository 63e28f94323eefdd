//! The house extractors. Each refuses with a problem document that points at the fault.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
};
use http::{HeaderMap, header, request::Parts};
use kernel::{Instant, codes};
use serde::de::DeserializeOwned;

use crate::Problem;

/// The instant at which the host received the request.
#[derive(Clone, Copy, Debug)]
pub struct Now(pub Instant);

/// A JSON body, strictly: `application/json`, no unknown fields (the type's `deny_unknown_fields`),
/// integers written as integers.
#[derive(Debug)]
pub struct Json<T>(pub T);

/// Path parameters.
#[derive(Debug)]
pub struct Path<T>(pub T);

/// A query string; unknown parameters are refused by the type's `deny_unknown_fields`.
#[derive(Debug)]
pub struct QueryString<T>(pub T);

impl<S: Sync> FromRequestParts<S> for Now {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let now = parts.extensions.get::<Self>().copied();
        now.ok_or_else(|| Problem::internal("the host did not set the time"))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_json(request.headers())?;
        let body = Bytes::from_request(request, state).await.map_err(Problem::try_again)?;
        read_json(&body).map(Self)
    }
}

/// A JSON body, strictly, or none at all.
#[derive(Debug)]
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = require_json(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(Problem::try_again)?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        kind?;
        read_json(&body).map(|value| Self(Some(value)))
    }
}

fn require_json(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case("application/json")) {
        return Ok(());
    }
    Err(Problem::new(
        codes::UNSUPPORTED_CONTENT_TYPE,
        "Send the body as Content-Type: application/json.",
    ))
}

fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Well-formedness first: a syntax error is another problem than a field at fault.
    if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(body) {
        return Err(Problem::new(codes::MALFORMED_JSON, format!("The body is not JSON: {error}.")));
    }
    // serde reads a struct from a list of its fields' values, too; no contract says so.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(Problem::field("", "wrong-type", "Expected an object."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        field_problem(pointer, &strip_position(&error.into_inner().to_string()))
    })
}

/// `/items/0/name`; the root is the empty pointer.
fn pointer(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path {
        let part = segment.to_string();
        if part != "?" {
            text.push('/');
            text.push_str(part.trim_matches(['[', ']']));
        }
    }
    text
}

/// serde_json adds " at line 1 column 9", which says nothing to whoever built the body by machine.
fn strip_position(text: &str) -> String {
    text.rfind(" at line ").and_then(|at| text.get(..at)).unwrap_or(text).to_owned()
}

fn field_problem(pointer: String, text: &str) -> Problem {
    let named = |prefix: &str| {
        let rest = text.strip_prefix(prefix)?;
        rest.split('`').nth(1).map(str::to_owned)
    };
    let below = |name: String| {
        if pointer.ends_with(&format!("/{name}")) {
            pointer.clone()
        } else {
            format!("{pointer}/{name}")
        }
    };
    if let Some(name) = named("missing field") {
        return Problem::field(below(name), "required", "This field is required.");
    }
    if let Some(name) = named("unknown field") {
        return Problem::field(below(name), "unknown-field", "There is no such field.");
    }
    match text.rsplit_once(", expected ").map(|(found, due)| (found, plain(due))) {
        // What was sent stays out: it may be a password.
        Some((found, due)) if found.starts_with("invalid type") => {
            Problem::field(pointer, "wrong-type", format!("Expected {due}."))
        }
        Some((found, due)) if found.starts_with("invalid value") => {
            Problem::field(pointer, "invalid", format!("Expected {due}."))
        }
        _ => Problem::field(pointer, "invalid", text),
    }
}

/// What is expected, in words of JSON: serde names our types, which say nothing to a client.
fn plain(due: &str) -> &str {
    let of_a_type = |kinds: &[&str]| kinds.iter().any(|kind| due.starts_with(kind));
    match due {
        _ if of_a_type(&["struct ", "internally tagged enum ", "adjacently tagged enum "]) => {
            "an object"
        }
        _ if of_a_type(&["enum ", "variant of enum "]) => "one of the names in the API reference",
        due => due,
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection| Problem::field("path", "invalid", rejection.body_text()))
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for QueryString<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = serde_urlencoded::Deserializer::new(form_pairs(query));
        serde_path_to_error::deserialize(pairs).map(Self).map_err(|error| {
            let pointer = format!("query{}", pointer(error.path()));
            let text = error.into_inner().to_string();
            field_problem(pointer, &text)
        })
    }
}

fn form_pairs(query: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(query.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct PlaceThing {
        #[expect(dead_code, reason = "only read")]
        side: SideChoice,
        #[expect(dead_code, reason = "only read")]
        funding: Option<FundingChoice>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum SideChoice {
        Buy,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", tag = "from")]
    enum FundingChoice {
        Wallet {},
    }

    /// F27: `Expected struct PlaceOrder.`
    #[test]
    fn f27_no_type_of_ours_is_named_to_a_client() {
        for body in [
            "7",
            "\"text\"",
            "null",
            "{\"side\":7}",
            "{\"side\":{}}",
            "{\"side\":[]}",
            "{\"side\":\"up\"}",
            "{\"side\":\"buy\",\"funding\":7}",
            "{\"side\":\"buy\",\"funding\":\"wallet\"}",
            "{\"side\":\"buy\",\"funding\":{}}",
            "{\"side\":\"buy\",\"funding\":{\"from\":7}}",
        ] {
            let problem = read_json::<PlaceThing>(body.as_bytes()).unwrap_err();
            let told = format!("{problem:?}");
            for word in ["struct", "enum", "PlaceThing", "Choice"] {
                assert!(!told.contains(word), "{body}: {told}");
            }
        }
        assert!(read_json::<PlaceThing>(b"{\"side\":\"buy\"}").is_ok());
    }
}
