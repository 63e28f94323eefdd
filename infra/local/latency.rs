//! How long a call takes: without it every call of a laptop is answered at once, and nothing that
//! happens at the same time ever overlaps.

use kernel::Span;

use crate::random::Random;

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

/// The draws so far.
#[derive(Debug, Default)]
pub(crate) struct Draws(Option<(u64, Random)>);

impl Draws {
    /// Before and after the call takes effect.
    pub fn next(&mut self, latency: &Latency) -> (Span, Span) {
        let fresh = self.0.take().filter(|(seed, _)| *seed == latency.seed);
        let (_, mut random) = fresh.unwrap_or((latency.seed, Random::new(latency.seed)));
        let steps = latency.spread.as_millis().unsigned_abs().saturating_add(1);
        let spread = i64::try_from(random.below(steps)).unwrap_or(0);
        let slow = random.below(1_000) < u64::from(latency.slow_per_thousand);
        let whole =
            if slow { latency.slow.as_millis() } else { latency.least.as_millis() + spread };
        self.0 = Some((latency.seed, random));
        let before = whole / 2;
        (Span::millis(before), Span::millis(whole - before))
    }
}
