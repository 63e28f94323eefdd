//! One clock for a whole bench: tokio's, paused, so that a minute of waiting takes no time and
//! everything that waits (SDK, product, cloud, client) waits on the same clock. And randomness that
//! repeats.

use std::sync::{Mutex, PoisonError};

use kernel::{Clock, Instant, Sleep, Span};
use local::Random;
use platform::{Entropy, LogLines};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A runtime of one thread whose clock jumps to the next timer whenever nothing can run.
pub fn runtime() -> anyhow::Result<Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?)
}

/// The cloud's and the product's clock: tokio's, counted from an instant of the calendar.
#[derive(Debug)]
pub struct PausedClock {
    start: Instant,
    origin: tokio::time::Instant,
}

impl PausedClock {
    /// It is `start` now. Must be made within [`runtime`].
    #[must_use]
    pub fn starting_at(start: Instant) -> Self {
        Self { start, origin: tokio::time::Instant::now() }
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Instant {
        let millis = self.origin.elapsed().as_millis();
        self.start + Span::millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
    fn sleep(&self, span: Span) -> Sleep {
        Box::pin(tokio::time::sleep(span.std()))
    }
}

/// Random numbers that follow from a seed: for benches only, anybody can guess them.
#[derive(Debug)]
pub struct SeededEntropy(Mutex<Random>);

impl SeededEntropy {
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(Random::new(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn random(&self) -> [u8; 16] {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let high = u128::from(random.draw());
        (high << 64 | u128::from(random.draw())).to_le_bytes()
    }
}

/// Nobody reads a bench's log.
#[derive(Clone, Copy, Debug)]
pub struct NoLog;

impl LogLines for NoLog {
    fn line(&self, _line: &Value) {}
}
