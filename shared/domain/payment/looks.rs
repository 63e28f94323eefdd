//! When a payment whose outcome is not known is looked into (`rules.md`, "Payment").
//!
//! A look that decides nothing moves the next one on: a payment that waits long is asked for rarely,
//! and never stands before those that nobody asked for yet.

use kernel::{Instant, Span};

use super::{Payment, Status};

/// The first pause after a look that decided nothing; each further one is twice as long.
pub const LOOK_PAUSE: Span = Span::minutes(1);
/// No pause is longer.
pub const LOOK_PAUSE_MAX: Span = Span::minutes(30);

/// How long after its `number`th look (from 1) that decided nothing a payment is looked into again.
#[must_use]
pub fn pause_after(number: u32) -> Span {
    let doublings = number.saturating_sub(1).min(u32::BITS);
    let pause = 1_i64.checked_shl(doublings).unwrap_or(i64::MAX);
    let pause = pause.saturating_mul(LOOK_PAUSE.as_millis());
    Span::millis(pause.min(LOOK_PAUSE_MAX.as_millis()))
}

impl Payment {
    /// When somebody is to find out what became of it; `None`: nothing is open about it.
    #[must_use]
    pub fn due_at(&self) -> Option<Instant> {
        let ends = (self.status == Status::Ready).then(|| self.ends_at());
        let claimed = self.claim.as_ref().map(|claim| claim.until);
        let cancelled = self.cancelling.as_ref().map(|cancelling| cancelling.until);
        ends.into_iter().chain(claimed).chain(cancelled).chain(self.look_at).max()
    }

    /// It was looked into and nothing was decided: the next look comes later than this one did.
    #[must_use]
    pub fn looked(&self, now: Instant) -> Self {
        let looks = self.looks.saturating_add(1);
        let look_at = Some(now + pause_after(looks));
        Self { looks, look_at, version: self.version + 1, ..self.clone() }
    }
}
