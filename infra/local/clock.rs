//! Clocks that are moved by hand: one that stands still otherwise, and one that goes on.

use std::sync::Arc;

use kernel::{Clock, Instant, Sleep, Span};
use tokio::sync::watch;

/// A clock that can be set.
pub trait SettableClock: Clock {
    /// Moves to `instant`.
    fn set(&self, instant: Instant);
}

/// Virtual time: starts at a given instant and moves only by [`advance`](Self::advance) and
/// [`set`](Self::set), which wake the sleepers whose time has come.
#[derive(Debug)]
pub struct VirtualClock {
    now: watch::Sender<Instant>,
}

impl VirtualClock {
    #[must_use]
    pub fn new(start: Instant) -> Self {
        Self { now: watch::Sender::new(start) }
    }

    /// Moves on by `span` and answers the new time.
    pub fn advance(&self, span: Span) -> Instant {
        self.now.send_modify(|now| *now = *now + span);
        self.now()
    }

    /// Moves to `instant`, also backwards (a skewed clock).
    pub fn set(&self, instant: Instant) {
        self.now.send_replace(instant);
    }
}

impl SettableClock for VirtualClock {
    fn set(&self, instant: Instant) {
        Self::set(self, instant);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        *self.now.borrow()
    }

    fn sleep(&self, span: Span) -> Sleep {
        let due = self.now() + span;
        let mut time = self.now.subscribe();
        Box::pin(async move {
            // An error means the clock is gone: nothing will ever come due again, so go on.
            let _gone = time.wait_for(|now| *now >= due).await;
        })
    }
}

/// Another clock's time, some way ahead of it; never set back.
pub struct MovedClock {
    base: Arc<dyn Clock>,
    /// In milliseconds.
    ahead: watch::Sender<i64>,
}

impl MovedClock {
    #[must_use]
    pub fn new(base: Arc<dyn Clock>) -> Self {
        Self { base, ahead: watch::Sender::new(0) }
    }

    /// How far ahead it is when it shows `instant` now.
    pub(crate) fn ahead_at(&self, instant: Instant) -> i64 {
        instant.since(self.base.now()).as_millis()
    }

    pub(crate) fn set_ahead(&self, millis: i64) {
        self.ahead.send_modify(|ahead| *ahead = millis.max(*ahead));
    }
}

impl SettableClock for MovedClock {
    fn set(&self, instant: Instant) {
        self.set_ahead(self.ahead_at(instant));
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Instant {
        self.base.now() + Span::millis(*self.ahead.borrow())
    }

    fn sleep(&self, span: Span) -> Sleep {
        let due = self.now() + span;
        let base = Arc::clone(&self.base);
        let mut ahead = self.ahead.subscribe();
        Box::pin(async move {
            loop {
                let now = base.now() + Span::millis(*ahead.borrow_and_update());
                if now >= due {
                    return;
                }
                tokio::select! {
                    () = base.sleep(due.since(now)) => {}
                    moved = ahead.changed() => if moved.is_err() {
                        // The clock is gone: what is left passes on the one below it.
                        return base.sleep(due.since(now)).await;
                    },
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_wake_when_their_time_has_come() {
        let clock = Arc::new(VirtualClock::new(Instant::from_millis(1_000)));
        let mut early = clock.sleep(Span::millis(10));
        let mut late = clock.sleep(Span::millis(20));
        assert!(futures::poll!(&mut early).is_pending());
        assert_eq!(clock.advance(Span::millis(10)).millis(), 1_010);
        assert!(futures::poll!(&mut early).is_ready());
        assert!(futures::poll!(&mut late).is_pending());
        clock.set(Instant::from_millis(5_000));
        assert!(futures::poll!(&mut late).is_ready());
    }

    #[tokio::test]
    async fn a_moved_clock_goes_on_and_wakes_its_sleepers() {
        let base = Arc::new(VirtualClock::new(Instant::from_millis(1_000)));
        let clock = MovedClock::new(base.clone());
        let mut sleeper = clock.sleep(Span::millis(100));
        assert!(futures::poll!(&mut sleeper).is_pending());
        clock.set(Instant::from_millis(1_090));
        assert!(futures::poll!(&mut sleeper).is_pending());
        assert_eq!(base.advance(Span::millis(10)).millis(), 1_010);
        assert_eq!(clock.now().millis(), 1_100);
        assert!(futures::poll!(&mut sleeper).is_ready());
        clock.set(Instant::from_millis(500));
        assert_eq!(clock.now().millis(), 1_100, "never back");
        let mut sleeper = clock.sleep(Span::hours(1));
        assert!(futures::poll!(&mut sleeper).is_pending());
        clock.set(Instant::from_millis(1_100) + Span::hours(1));
        assert!(futures::poll!(&mut sleeper).is_ready());
    }
}
