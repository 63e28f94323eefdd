//! Requests that the gateway refuses before any function hears of them: off, unless a test sets
//! [`Knobs::throttling`].
//!
//! [`Knobs::throttling`]: crate::Knobs::throttling

use std::sync::{Mutex, PoisonError};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::json;

use crate::random::Draws;

/// Which requests are refused: drawn anew for each, the same ones for the same seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttling {
    pub seed: u64,
    /// How many of a thousand requests.
    pub per_thousand: u32,
}

/// The draws so far.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<Draws>);

impl Gate {
    /// Whether the next request is one too many.
    pub fn refuses(&self, Throttling { seed, per_thousand }: Throttling) -> bool {
        let mut draws = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        draws.of(seed).hits(per_thousand)
    }
}

/// What API Gateway answers beyond its rate: no function wrote it, so it is no problem document.
pub(crate) fn too_many() -> Response {
    let body = Json(json!({ "message": "Too Many Requests" }));
    (StatusCode::TOO_MANY_REQUESTS, body).into_response()
}
