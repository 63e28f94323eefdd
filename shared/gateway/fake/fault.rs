//! What goes wrong on purpose.

/// How a call to a provider goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The connection breaks and nothing happened.
    LostBefore,
    /// The connection breaks, and the call took effect all the same.
    LostAfter,
    /// A fault inside the provider; nothing happened.
    Status500,
    /// It took effect, and the answer is no JSON.
    Garbage,
    /// It took effect; the answer comes when `Providers::release` is called.
    Held,
    /// Refused with this code of Toss's; nothing happened.
    TossCode(&'static str),
    /// Refused with this code of KakaoPay's; nothing happened.
    KakaoCode(i64),
}
