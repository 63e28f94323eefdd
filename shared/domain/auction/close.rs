//! The end of an auction.

use kernel::Instant;

use super::{
    head::{Head, Status},
    policy::CLOSE_GRACE,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloseRejection {
    #[error("it is closed already")]
    AlreadyClosed,
    #[error("it is closed at {due_at}")]
    NotDue { due_at: Instant },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CancelRejection {
    #[error("it was cancelled already")]
    AlreadyCancelled,
    #[error("it has ended")]
    Ended,
    #[error("it has bids; only an admin may cancel it")]
    HasBids,
}

/// The status an open auction takes at its end. The same whoever asks, however often.
pub fn close(head: &Head, now: Instant) -> Result<Status, CloseRejection> {
    if head.status != Status::Open {
        return Err(CloseRejection::AlreadyClosed);
    }
    let due_at = head.ends_at + CLOSE_GRACE;
    if now < due_at {
        return Err(CloseRejection::NotDue { due_at });
    }
    Ok(if head.lead.is_some() && head.reserve_met() { Status::Won } else { Status::Unsold })
}

/// Whether the auction may be cancelled at `now`: by the seller before the first bid, by an
/// admin until the end.
pub fn cancel(head: &Head, by_admin: bool, now: Instant) -> Result<(), CancelRejection> {
    match head.status {
        Status::Cancelled => Err(CancelRejection::AlreadyCancelled),
        _ if head.is_over(now) => Err(CancelRejection::Ended),
        _ if head.lead.is_some() && !by_admin => Err(CancelRejection::HasBids),
        _ => Ok(()),
    }
}
