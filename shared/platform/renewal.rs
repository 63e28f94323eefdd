//! What a container remembers of its last looks at its secrets and at the public keys.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::{Instant, Span};

use crate::secrets::{LOOKED_AT_EVERY, SecretSource};

/// Between two looks that somebody else has caused, and after one that failed.
const LOOKS_APART: Span = Span::minutes(1);

/// Where a container looks, and when it last did.
#[derive(Default)]
pub(crate) struct Renewal {
    pub source: Option<SecretSource>,
    /// The function's id; none where one process is all.
    pub function: Option<String>,
    /// Its function signs access tokens: everybody must be able to verify them.
    pub publishes: bool,
    pub secrets: Looks,
    pub row: Looks,
}

/// When one thing was looked at; never: 0.
#[derive(Default)]
pub(crate) struct Looks {
    tried: AtomicI64,
    succeeded: AtomicI64,
}

impl Renewal {
    /// For a function that reads its secrets from `source`.
    pub fn of(source: SecretSource, function: Option<String>, publishes: bool) -> Self {
        let source = (!source.is_empty()).then_some(source);
        Self { source, function, publishes, ..Self::default() }
    }
}

impl Looks {
    /// Another look is due: what is known is too old, or `hurried`.
    pub fn is_due(&self, hurried: bool, now: Instant) -> bool {
        let old = age(&self.succeeded, now) >= LOOKED_AT_EVERY;
        (old || hurried) && age(&self.tried, now) >= LOOKS_APART
    }

    /// What is known is so new that what is not in it must be invented.
    pub fn is_new(&self, now: Instant) -> bool {
        age(&self.succeeded, now) < LOOKS_APART
    }

    pub fn has_succeeded(&self) -> bool {
        self.succeeded.load(Ordering::Relaxed) > 0
    }

    pub fn begin(&self, now: Instant) {
        self.tried.store(now.millis(), Ordering::Relaxed);
    }

    pub fn succeed(&self, now: Instant) {
        self.succeeded.store(now.millis(), Ordering::Relaxed);
    }
}

fn age(of: &AtomicI64, now: Instant) -> Span {
    now.since(Instant::from_millis(of.load(Ordering::Relaxed)))
}
