//! Where parcels are, as their carriers say.
//!
//! A notice of a change carries no signature and no news: whoever gets one looks the parcel up. So
//! does whoever got none for too long. [`DeliveryTracker`] asks every carrier through one provider.

mod answers;
mod tracker;

#[cfg(test)]
mod tests;

use std::{fmt, future::Future, pin::Pin};

use domain::carrier::{Tracking, TrackingNumber};
use kernel::{Instant, Span};

pub use tracker::{DeliveryTracker, DeliveryTrackerSettings};

/// How long the provider may take to answer: it asks the carrier's own site meanwhile.
pub const CARRIER_ANSWERS_WITHIN: Span = Span::seconds(15);
/// How long notices are asked for at a time; the provider advises it. Ask again before it ends.
pub const WATCH_LASTS: Span = Span::hours(48);

/// A call on its way.
pub type CarrierCall<'a, T> = Pin<Box<dyn Future<Output = Result<T, CarrierError>> + Send + 'a>>;

/// A parcel whose changes are to be told.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    pub number: &'a TrackingNumber,
    /// Where notices are posted to. Nothing else shows that a notice is not a stranger's, so its
    /// path holds what cannot be guessed. A notice is `{carrierId, trackingNumber}` and wants its
    /// 202 within a second.
    pub callback_url: &'a str,
    /// No notice comes later.
    pub until: Instant,
}

/// Whoever can tell where parcels are.
pub trait CarrierTracker: fmt::Debug + Send + Sync + 'static {
    /// Asks for notices. Asking again with the same address changes until when they come: that is
    /// how a watch is renewed.
    fn watch<'a>(&'a self, watch: Watch<'a>) -> CarrierCall<'a, ()>;
    /// What the carrier says now. Changes nothing, may be asked at any time.
    fn look_up<'a>(&'a self, number: &'a TrackingNumber) -> CarrierCall<'a, Tracking>;
}

/// Why a call did not succeed. Whatever it was, nothing is known of the parcel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// A wrong number, or one that was not handed in yet, or was forgotten since: nobody tells
    /// these apart.
    #[error("the carrier knows no such number")]
    UnknownNumber,
    /// The carrier gives out no such numbers.
    #[error("not a number of this carrier")]
    NotThisCarriers,
    /// The provider does not accept us or our request: nobody is told anything until it is mended.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// No answer, or one that says to come back.
    #[error("to be asked again: {0}")]
    TryAgain(String),
    /// An answer that is not to what was asked.
    #[error("not understood: {0}")]
    NotUnderstood(String),
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Watch({:?}, until {})", self.number, self.until)
    }
}
