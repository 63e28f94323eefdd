//! The clock of a run: the runtime's own time, which stands still while anybody has work.

use kernel::{Clock, Instant, Sleep, Span};
use testkit::START;

/// Tells the paused runtime's time, as wrong as its container's clock is.
#[derive(Clone, Copy, Debug)]
pub struct PlayedClock {
    start: Instant,
    origin: tokio::time::Instant,
    skew: Span,
}

impl PlayedClock {
    /// Must be called on the runtime whose time it tells.
    #[must_use]
    pub fn start() -> Self {
        let start = START.parse().unwrap();
        Self { start, origin: tokio::time::Instant::now(), skew: Span::millis(0) }
    }

    /// The same, fast or slow by so much.
    #[must_use]
    pub fn skewed(self, skew: Span) -> Self {
        Self { skew, ..self }
    }

    /// How much time has been played.
    #[must_use]
    pub fn played(&self) -> Span {
        self.now().since(self.start)
    }
}

impl Clock for PlayedClock {
    fn now(&self) -> Instant {
        let passed = self.origin.elapsed().as_millis();
        self.start + Span::millis(i64::try_from(passed).unwrap_or(i64::MAX)) + self.skew
    }

    fn sleep(&self, span: Span) -> Sleep {
        Box::pin(tokio::time::sleep(span.std()))
    }
}
