//! Leaving a provider alone that does not answer: waiting for it once more costs time that those of
//! another provider do not get back.

use kernel::{Instant, Span};

/// After how many silences in a row, and for how long, nothing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Its own among all policies, as the log tells it.
    pub name: &'static str,
    pub silences: u32,
    pub pause: Span,
}

/// Of the resolver's questions what became of a payment.
pub const LOOKS: BreakerPolicy =
    BreakerPolicy { name: "look-at-payments", silences: 3, pause: Span::minutes(2) };

/// How a provider answered of late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    /// How often in a row it did not answer.
    pub silences: u32,
    /// Nothing is asked before.
    pub open_until: Option<Instant>,
}

/// How much may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Questions {
    /// It answers.
    Many,
    /// It did not of late: one question tells whether it does again.
    One,
    /// It is left alone.
    None,
}

impl Breaker {
    /// How much may be asked at `now`.
    #[must_use]
    pub fn questions(&self, policy: BreakerPolicy, now: Instant) -> Questions {
        match self.open_until {
            Some(until) if now < until => Questions::None,
            _ if self.silences >= policy.silences => Questions::One,
            _ => Questions::Many,
        }
    }

    /// A question was asked, and answered or not.
    #[must_use]
    pub fn after(self, answered: bool, policy: BreakerPolicy, now: Instant) -> Self {
        if answered {
            return Self::default();
        }
        let silences = self.silences.saturating_add(1);
        let open_until = (silences >= policy.silences).then(|| now + policy.pause);
        Self { silences, open_until }
    }
}
