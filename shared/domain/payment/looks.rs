//! When a payment whose outcome is not known is looked into (`rules.md`, "Payment").
//!
//! A look that decides nothing moves the next one on: a payment that waits long is asked for
//! rarely, and never stands before those that nobody asked for yet.

use kernel::{Instant, Span};

use super::{Decline, Payment, Status};

/// The first pause after a look that decided nothing; each further one is twice as long.
pub const LOOK_PAUSE: Span = Span::minutes(1);
/// No pause is longer.
pub const LOOK_PAUSE_MAX: Span = Span::minutes(30);

/// A payment that was given up is looked into so long after that, and after each look that found
/// nothing: a provider may come to know of it late, and not all of them tell.
pub const LATE_LOOKS: &[Span] =
    &[Span::minutes(30), Span::hours(2), Span::hours(12), Span::hours(48)];

/// How long after its `number`th look (from 1) that decided nothing a payment is looked into again.
#[must_use]
pub fn pause_after(number: u32) -> Span {
    let doublings = number.saturating_sub(1).min(u32::BITS);
    let pause = 1_i64.checked_shl(doublings).unwrap_or(i64::MAX);
    let pause = pause.saturating_mul(LOOK_PAUSE.as_millis());
    Span::millis(pause.min(LOOK_PAUSE_MAX.as_millis()))
}

fn late_look(looks: u32) -> Option<Span> {
    LATE_LOOKS.iter().zip(0..).find(|(_, number)| *number == looks).map(|(pause, _)| *pause)
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

    /// The same before anybody looked into it: what moves it begins its looks anew.
    pub(super) fn unseen(&self) -> Self {
        Self { looks: 0, look_at: None, ..self.clone() }
    }

    /// We wait for it no longer, and look whether it comes all the same.
    #[must_use]
    pub fn given_up(&self, decline: Decline, now: Instant) -> Self {
        let look_at = late_look(0).map(|pause| now + pause);
        Self { look_at, ..self.failed(decline) }
    }

    /// Its provider did not answer. That counts as a look, but for a payment that was given up: it
    /// has few.
    #[must_use]
    pub fn unanswered(&self, now: Instant) -> Self {
        match self.status {
            Status::Failed => {
                let look_at = Some(now + LOOK_PAUSE_MAX);
                Self { look_at, version: self.version + 1, ..self.clone() }
            }
            _ => self.looked(now),
        }
    }

    /// It was looked into and nothing was decided: the next look comes later than this one did.
    #[must_use]
    pub fn looked(&self, now: Instant) -> Self {
        let looks = self.looks.saturating_add(1);
        let pause = match self.status {
            Status::Failed => late_look(looks),
            _ => Some(pause_after(looks)),
        };
        let look_at = pause.map(|pause| now + pause);
        Self { looks, look_at, version: self.version + 1, ..self.clone() }
    }
}
