//! A clock that stands still until it is moved.

use kernel::{Clock, Instant, Sleep, Span};
use tokio::sync::watch;

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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
}
