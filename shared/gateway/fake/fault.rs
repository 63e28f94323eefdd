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

/// The calls of a provider so far, and those of the next ones that go wrong.
#[derive(Debug)]
pub(super) struct FaultPlan<K> {
    calls: Vec<String>,
    planned: Vec<Planned<K>>,
    struck: Vec<K>,
}

#[derive(Debug)]
struct Planned<K> {
    action: String,
    nth: u32,
    what: K,
}

impl<K> Default for FaultPlan<K> {
    fn default() -> Self {
        Self { calls: Vec::new(), planned: Vec::new(), struck: Vec::new() }
    }
}

impl<K: Copy> FaultPlan<K> {
    /// The nth next call of `action` goes wrong.
    pub fn add(&mut self, action: &str, nth: u32, what: K) {
        self.planned.push(Planned { action: action.to_owned(), nth, what });
    }

    /// Nothing goes wrong any more.
    pub fn clear(&mut self) {
        self.planned.clear();
    }

    /// Counts the call; the fault that strikes it, if any.
    pub fn strike(&mut self, action: &str) -> Option<K> {
        self.calls.push(action.to_owned());
        for planned in self.planned.iter_mut().filter(|planned| planned.action == action) {
            planned.nth = planned.nth.saturating_sub(1);
        }
        let is_due = |planned: &Planned<K>| planned.action == action && planned.nth == 0;
        let index = self.planned.iter().position(is_due)?;
        let fault = self.planned.remove(index).what;
        self.struck.push(fault);
        Some(fault)
    }

    /// The faults that struck, in order.
    pub fn struck(&self) -> &[K] {
        &self.struck
    }

    /// How many calls of `action` there were.
    pub fn calls(&self, action: &str) -> usize {
        self.calls.iter().filter(|call| *call == action).count()
    }
}
