//! How long a call takes: without it every call of a laptop is answered at once, and nothing that
//! happens at the same time ever overlaps.

use kernel::Span;

use crate::random::Draws;

/// Drawn anew for every call, the same ones for the same seed and the same calls. It passes on the
/// cloud's clock: under one that nobody moves, calls would wait for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latency {
    pub seed: u64,
    /// The shortest call.
    pub least: Span,
    /// How much longer the others take, evenly spread.
    pub spread: Span,
    /// How many of a thousand calls take [`Latency::slow`] instead.
    pub slow_per_thousand: u32,
    pub slow: Span,
}

impl Latency {
    /// Before and after the next call takes effect.
    pub(crate) fn next(&self, draws: &mut Draws) -> (Span, Span) {
        let random = draws.of(self.seed);
        let steps = self.spread.as_millis().unsigned_abs().saturating_add(1);
        let spread = i64::try_from(random.below(steps)).unwrap_or(0);
        let slow = random.hits(self.slow_per_thousand);
        let whole = if slow { self.slow.as_millis() } else { self.least.as_millis() + spread };
        let before = whole / 2;
        (Span::millis(before), Span::millis(whole - before))
    }
}
