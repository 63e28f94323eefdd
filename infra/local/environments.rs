//! Execution environments: how many invocations of a function run at once, what the first of each
//! costs, and how slow any may be.
//!
//! An invocation takes an environment that is warm, or starts one, which takes time before the
//! function's own time begins. One too many is refused, and whoever called is told so: API Gateway
//! answers 503 for it, an event source comes again. Counted only while a knob asks for it. What an
//! invocation does with its environment is `lease`'s.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use kernel::{Instant, Span};

use crate::random::{Draws, Random};

/// A cold start: drawn anew for each, the same ones for the same seed. It passes on the cloud's
/// clock, which somebody must move then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColdStarts {
    pub seed: u64,
    /// The shortest.
    pub least: Span,
    /// The longest.
    pub most: Span,
    /// An environment that nobody needs for longer than this is gone.
    pub kept: Span,
}

/// Invocations that take much longer than their work: half of the time before it, half after it,
/// all of it within the function's timeout. It passes on the cloud's clock, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slowness {
    pub seed: u64,
    /// How many of a thousand invocations.
    pub per_thousand: u32,
    pub least: Span,
    pub most: Span,
}

/// The environments of one cloud.
#[derive(Debug, Default)]
pub(crate) struct Environments(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By function.
    places: BTreeMap<String, Places>,
    cold: Draws,
    slow: Draws,
}

#[derive(Debug, Default)]
struct Places {
    busy: u32,
    /// Since when each warm one has nothing to do.
    idle: Vec<Instant>,
}

/// `least` to `most`, both included.
fn between(random: &mut Random, least: Span, most: Span) -> Span {
    let width = (most.as_millis() - least.as_millis()).unsigned_abs();
    let more = random.below(width.saturating_add(1));
    Span::millis(least.as_millis() + i64::try_from(more).unwrap_or(0))
}

/// The function runs as often as it may at once: status 429 of Lambda itself.
#[derive(Debug, thiserror::Error)]
#[error("Rate Exceeded.")]
pub(crate) struct Refused;

/// What the knobs ask of environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Terms {
    pub concurrency: Option<u32>,
    pub cold_starts: Option<ColdStarts>,
    pub slowness: Option<Slowness>,
}

/// What an invocation finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    /// How long its environment takes to start.
    pub cold: Option<Span>,
    /// How much longer than its work it takes.
    pub slow: Option<Span>,
}

impl Environments {
    pub fn take(&self, id: &str, terms: Terms, now: Instant) -> Result<Taken, Refused> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Inner { places, cold, slow } = &mut *inner;
        let place = places.entry(id.to_owned()).or_default();
        if terms.concurrency.is_some_and(|most| place.busy >= most) {
            return Err(Refused);
        }
        place.busy += 1;
        if let Some(starts) = terms.cold_starts {
            place.idle.retain(|since| now.since(*since) <= starts.kept);
        }
        let cold = match (place.idle.pop(), terms.cold_starts) {
            (None, Some(it)) => Some(between(cold.of(it.seed), it.least, it.most)),
            _ => None,
        };
        let slow = terms.slowness.and_then(|it| {
            let random = slow.of(it.seed);
            random.hits(it.per_thousand).then(|| between(random, it.least, it.most))
        });
        Ok(Taken { cold, slow })
    }

    /// One that was taken is free and warm.
    pub fn leave(&self, id: &str, now: Instant) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = inner.places.get_mut(id) {
            place.busy = place.busy.saturating_sub(1);
            place.idle.push(now);
        }
    }
}
