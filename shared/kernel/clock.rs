//! The only way to learn the time.

use std::{future::Future, pin::Pin};

use crate::{Instant, Span};

/// What [`Clock::sleep`] answers.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time. The host that receives a request reads it once and passes the instant down;
/// only long-lived work (a price stream, a background loop) reads it again.
pub trait Clock: Send + Sync + 'static {
    /// The current instant, in whole milliseconds.
    fn now(&self) -> Instant;
    /// Completes when `span` has passed on this clock.
    fn sleep(&self, span: Span) -> Sleep;
}
