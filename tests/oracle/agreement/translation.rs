//! The product's records in the oracle's words: for these auctions, and for the judge of the
//! simulation.

use domain::auction::{Entry, EntryKind};
use kernel::UserId;
use oracle::{AcceptedBid, Purpose, Who};

/// Somebody, for the oracle.
#[must_use]
pub fn who(user: UserId) -> Who {
    user.uuid().as_u128()
}

/// A ledger's line, for the oracle.
#[must_use]
pub fn accepted(entry: &Entry) -> AcceptedBid {
    let purpose = match entry.kind {
        EntryKind::Bid => Purpose::Bid,
        EntryKind::BuyNow => Purpose::Purchase,
        EntryKind::Void { sequence } => Purpose::Void(sequence),
    };
    AcceptedBid {
        number: entry.sequence,
        purpose,
        who: who(entry.bidder),
        amount: entry.amount.get(),
        maximum: entry.maximum.get(),
    }
}
