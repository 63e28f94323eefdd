//! What a carrier's word means for a trade.

use super::{aggregate::Trade, command::Command};
use crate::carrier::{ParcelState, Tracking};

/// What the carrier's word asks of a trade, if it is of the parcel that is under way and says
/// anything new. `tracking`: without what was told before the payment.
///
/// What reached the inspection centre is received there, by somebody who sees it.
#[must_use]
pub fn carried(trade: &Trade, tracking: &Tracking) -> Option<Command> {
    let parcel = trade.under_way()?;
    if parcel.number().as_ref() != Some(tracking.number()) {
        return None;
    }
    if let (None, Some(at)) = (parcel.scanned_at, tracking.first_scan()) {
        return Some(Command::Scan { at });
    }
    match tracking.state()? {
        ParcelState::Delivered if trade.is_under_way_to_buyer() || trade.is_going_back() => {
            Some(Command::Deliver { note: None })
        }
        ParcelState::Lost => Some(Command::Lose),
        ParcelState::Returned => Some(Command::TurnBack),
        _ => None,
    }
}
