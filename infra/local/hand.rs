//! `/_local/clock`: what time it is here, and a hand that moves it on.

use axum::{
    Json,
    body::to_bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use kernel::Span;
use platform::{App, Problem, http::render_unrouted};
use serde_json::{Map, Value, json};

use crate::cloud::{Cloud, Moved};

/// The farthest that the clock moves at once, in seconds: a year and a day.
const ADVANCE_SECONDS_MAX: i64 = 366 * 86_400;
/// Nothing goes on beyond 2100-01-01: the example tokens end there, too.
const END_MS: i64 = 4_102_444_800_000;
const BODY_BYTES_MAX: usize = 1_024;
const FIELD: &str = "advanceSeconds";

/// The cloud, and an app whose problem documents it answers with.
#[derive(Clone)]
pub(crate) struct Hand {
    pub cloud: Cloud,
    pub app: App,
}

/// `GET /_local/clock`.
pub(crate) async fn now(State(hand): State<Hand>) -> Json<Value> {
    Json(json!({ "now": hand.cloud.now() }))
}

/// `POST /_local/clock {"advanceSeconds": n}`: everything that becomes due on the way is done when
/// this answers.
pub(crate) async fn advance(State(hand): State<Hand>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await;
    let wish = match body {
        Ok(body) => read(&body),
        Err(_) => Err(Problem::field("", "invalid", "The body is longer than a kilobyte.")),
    };
    let moved = match wish {
        Ok(span) => move_on(&hand.cloud, span).await,
        Err(problem) => Err(problem),
    };
    match moved {
        Ok(moved) => {
            Json(json!({ "now": moved.now, "invocations": moved.invocations })).into_response()
        }
        Err(problem) => {
            render_unrouted(&hand.app, Request::from_parts(parts, ().into()), problem).await
        }
    }
}

async fn move_on(cloud: &Cloud, span: Span) -> Result<Moved, Problem> {
    if (cloud.now() + span).millis() > END_MS {
        let detail = "The clock goes no farther than 2100-01-01.";
        return Err(Problem::field(format!("/{FIELD}"), "invalid", detail));
    }
    let moved = cloud.advance(span).await;
    moved.ok_or_else(|| {
        Problem::field("", "invalid", "The clock of this cloud is not moved by hand.")
    })
}

/// How far to move on.
fn read(body: &[u8]) -> Result<Span, Problem> {
    let pointer = format!("/{FIELD}");
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(body) else {
        let detail = format!("The body is a JSON object: {{\"{FIELD}\": 3600}}.");
        return Err(Problem::field("", "invalid", detail));
    };
    if let Some(other) = members.keys().find(|name| *name != FIELD) {
        return Err(Problem::field(
            format!("/{other}"),
            "unknown-field",
            "There is no such field.",
        ));
    }
    let Some(seconds) = members.get(FIELD) else {
        return Err(Problem::field(pointer, "required", "How far should the clock move on?"));
    };
    let detail = format!("A whole number from 1 to {ADVANCE_SECONDS_MAX}; time never goes back.");
    let Some(seconds) = seconds.as_i64() else {
        return Err(Problem::field(pointer, "wrong-type", detail));
    };
    if !(1..=ADVANCE_SECONDS_MAX).contains(&seconds) {
        return Err(Problem::field(pointer, "invalid", detail));
    }
    Ok(Span::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_or_its_fault_is_named() {
        assert_eq!(read(b"{\"advanceSeconds\": 90}").unwrap(), Span::seconds(90));
        let cases: [(&[u8], &str, &str); 9] = [
            (b"", "", "invalid"),
            (b"90", "", "invalid"),
            (b"{}", "/advanceSeconds", "required"),
            (b"{\"seconds\": 9}", "/seconds", "unknown-field"),
            (b"{\"advanceSeconds\": \"90\"}", "/advanceSeconds", "wrong-type"),
            (b"{\"advanceSeconds\": 1.5}", "/advanceSeconds", "wrong-type"),
            (b"{\"advanceSeconds\": 0}", "/advanceSeconds", "invalid"),
            (b"{\"advanceSeconds\": -1}", "/advanceSeconds", "invalid"),
            (b"{\"advanceSeconds\": 99999999999}", "/advanceSeconds", "invalid"),
        ];
        for (body, pointer, code) in cases {
            let problem = read(body).unwrap_err();
            let [error] = &*problem.errors else { panic!("{problem:?}") };
            assert_eq!((&*error.pointer, &*error.code), (pointer, code), "{body:?}");
        }
    }
}
