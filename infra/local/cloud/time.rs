//! A person moves the clock, and all that falls due on the way happens.

use std::sync::Arc;

use kernel::{Clock as _, Instant, Span};

use super::Cloud;
use crate::{clock::MovedClock, pump::Rates};

/// Rates fire at most this many times while the clock is moved once.
const STEPS_MAX: i64 = 100;

/// What moving the clock came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What the clock says now.
    pub now: Instant,
    /// How many invocations became due on the way.
    pub invocations: usize,
}

impl Cloud {
    /// Lets a person move `clock`, which this cloud and its containers go by, and moves it to where
    /// it stood when the data folder was last written.
    pub fn move_by_hand(&self, clock: &Arc<MovedClock>) {
        clock.set_ahead(self.account.read(|state| state.clock_ahead_ms));
        self.account.moved_clock.get_or_init(|| Arc::clone(clock));
    }

    /// Moves the clock on by `span`, from one thing that becomes due to the next; what rates would
    /// have done on the way they do at least once an hour. `None`: this cloud's clock stands in
    /// nobody's hand.
    pub async fn advance(&self, span: Span) -> Option<Moved> {
        let clock = self.account.moved_clock.get()?;
        let until = clock.now() + span;
        let step = Span::hours(1).max(Span::millis(span.as_millis() / STEPS_MAX));
        let mut invocations = 0;
        while clock.now() < until {
            let next = until.min(clock.now() + step);
            // Written first: a clock that stops half-way must not have gone back.
            let ahead = clock.ahead_at(next);
            self.account.change(|state| state.clock_ahead_ms = ahead);
            invocations += self.pump.play(&**clock, next, Rates::Ignored).await;
        }
        Some(Moved { now: clock.now(), invocations })
    }
}
