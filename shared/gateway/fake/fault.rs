//! What goes wrong on purpose.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};

/// How a call to a provider goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The connection breaks and nothing happened.
    LostBefore,
    /// The connection breaks, and the call took effect all the same.
    LostAfter,
    /// A fault inside the provider; nothing happened.
    Status500,
    /// Too many requests; nothing happened. Whatever stands before the provider says so, by the
    /// status alone: no code of the provider's.
    Status429,
    /// It took effect, and the answer is no JSON.
    Garbage,
    /// It took effect; the answer comes when `Providers::release` is called.
    Held,
    /// Refused with this code of Toss's; nothing happened.
    TossCode(&'static str),
    /// Refused with this code of KakaoPay's; nothing happened.
    KakaoCode(i64),
}

/// An answer that begins and breaks off.
pub(super) fn broken() -> Response {
    let cut = || std::io::Error::other("the connection breaks");
    let body = futures::stream::once(async move { Err::<Vec<u8>, _>(cut()) });
    Body::from_stream(body).into_response()
}
