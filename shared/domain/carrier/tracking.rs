//! What a carrier says of a parcel.

use kernel::Instant;

use super::TrackingNumber;

/// What an event says of the parcel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ParcelState {
    /// The number was given out; the carrier has no parcel yet.
    Announced,
    PickedUp,
    InTransit,
    OutForDelivery,
    /// Nobody was there.
    AttemptFailed,
    /// It waits where the addressee fetches it.
    AwaitingPickup,
    Delivered,
    /// On its way back to the sender, or there.
    Returned,
    Lost,
    /// Something is wrong, and the carrier does not say which of these.
    Exception,
    /// Nobody knows what it means.
    Unknown,
}

/// One line of what a carrier says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackingEvent {
    /// Absent when the carrier told no time that can be read.
    pub at: Option<Instant>,
    pub state: ParcelState,
    /// The carrier's own word for it, like `집화처리`; may be empty.
    pub name: String,
}

/// A parcel as its carrier sees it at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracking {
    number: TrackingNumber,
    events: Vec<TrackingEvent>,
}

impl ParcelState {
    pub const ALL: &[Self] = &[
        Self::Announced,
        Self::PickedUp,
        Self::InTransit,
        Self::OutForDelivery,
        Self::AttemptFailed,
        Self::AwaitingPickup,
        Self::Delivered,
        Self::Returned,
        Self::Lost,
        Self::Exception,
        Self::Unknown,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::PickedUp => "picked_up",
            Self::InTransit => "in_transit",
            Self::OutForDelivery => "out_for_delivery",
            Self::AttemptFailed => "attempt_failed",
            Self::AwaitingPickup => "awaiting_pickup",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
            Self::Lost => "lost",
            Self::Exception => "exception",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == text)
    }

    /// Whether the carrier has, or has had, the parcel in its hands.
    #[must_use]
    pub const fn is_scan(self) -> bool {
        !matches!(self, Self::Announced | Self::Exception | Self::Unknown)
    }

    /// Where a parcel stands that stood here when `next` was told. The first of delivered and
    /// returned stays: who gets the parcel after it went back is its sender, and what is told of a
    /// parcel that its addressee has is told late.
    const fn followed_by(self, next: Self) -> Self {
        match (self, next) {
            (Self::Delivered | Self::Returned, _) | (_, Self::Unknown) => self,
            (_, Self::Announced) if self.is_scan() => self,
            _ => next,
        }
    }
}

impl Tracking {
    /// Events are put in the order of their times; one without a time stays behind the one that it
    /// was told after.
    #[must_use]
    pub fn new(number: TrackingNumber, events: Vec<TrackingEvent>) -> Self {
        let mut before = None;
        let timed = events.into_iter().map(|event| {
            before = event.at.or(before);
            (before, event)
        });
        let mut timed: Vec<_> = timed.collect();
        timed.sort_by_key(|line| line.0);
        Self { number, events: timed.into_iter().map(|line| line.1).collect() }
    }

    /// Nothing was told yet.
    #[must_use]
    pub const fn untold(number: TrackingNumber) -> Self {
        Self { number, events: Vec::new() }
    }

    #[must_use]
    pub const fn number(&self) -> &TrackingNumber {
        &self.number
    }

    /// Oldest first.
    #[must_use]
    pub fn events(&self) -> &[TrackingEvent] {
        &self.events
    }

    /// The same without what was told of an earlier parcel under the same number: "scans older
    /// than the payment do not count" (`rules.md`, "Trade"). An event without a time proves
    /// nothing.
    #[must_use]
    pub fn since(&self, begin: Instant) -> Self {
        let counts = |event: &&TrackingEvent| event.at.is_some_and(|at| at >= begin);
        let events = self.events.iter().filter(counts).cloned().collect();
        Self { number: self.number.clone(), events }
    }

    /// When the carrier first had it; `None` before, or when no time was told.
    #[must_use]
    pub fn first_scan(&self) -> Option<Instant> {
        let mut scans = self.events.iter().filter(|event| event.state.is_scan());
        scans.find_map(|event| event.at)
    }

    /// Where it stands now; `None` when nothing was told yet.
    #[must_use]
    pub fn state(&self) -> Option<ParcelState> {
        self.events.iter().map(|event| event.state).reduce(ParcelState::followed_by)
    }
}
