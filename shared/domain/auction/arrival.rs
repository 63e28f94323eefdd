//! When a bid arrived (`rules.md`, "Auction", in time).

use kernel::Instant;

use super::{
    head::{Head, Status},
    policy::ARRIVAL_AGE_MAX,
};

/// When a bid arrived: at the gateway, which does not wait for a container to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// By the gateway's clock, never later than the function's.
    at_gateway: Instant,
    /// By the function's clock.
    now: Instant,
}

impl Arrival {
    /// Of a request that the gateway took at `at_gateway`, seen by a function whose clock says
    /// `now`.
    #[must_use]
    pub fn new(at_gateway: Instant, now: Instant) -> Self {
        Self { at_gateway: at_gateway.min(now), now }
    }

    /// What the rules decide by: the gateway's time, at most [`ARRIVAL_AGE_MAX`] ago.
    #[must_use]
    pub fn received_at(self) -> Instant {
        self.at_gateway.max(self.now - ARRIVAL_AGE_MAX)
    }

    /// The function's clock.
    #[must_use]
    pub const fn now(self) -> Instant {
        self.now
    }

    /// Whether a bid that `head` refuses as ended came in time all the same: late only by what
    /// counts, or overtaken by the close while it was being written. Nothing is decided then.
    #[must_use]
    pub fn is_undecided(self, head: &Head) -> bool {
        let ran_out = matches!(head.status, Status::Open | Status::Won | Status::Unsold);
        ran_out && self.at_gateway >= head.terms.starts_at && self.at_gateway < head.ends_at
    }
}
