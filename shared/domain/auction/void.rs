//! Voiding a fraudulent bid: the state is rebuilt from the ledger without it.

use std::collections::BTreeSet;

use kernel::Instant;

use super::{
    bid::{Bid, Offer, Standing, append, decide},
    head::{Head, Status},
    ledger::{Entry, EntryKind},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoidRejection {
    #[error("the auction is over")]
    Over,
    #[error("there is no such bid in the ledger")]
    Unknown,
    #[error("the bid is void already")]
    AlreadyVoid,
}

/// The head and the ledger entry after voiding bid `sequence`. `history` is the whole ledger, in order.
pub fn void(
    head: &Head,
    history: &[Entry],
    sequence: u32,
    now: Instant,
) -> Result<(Head, Entry), VoidRejection> {
    if head.is_over(now) {
        return Err(VoidRejection::Over);
    }
    let target = history.iter().find(|entry| entry.sequence == sequence);
    let target = target.filter(|entry| entry.kind == EntryKind::Bid);
    let target = target.ok_or(VoidRejection::Unknown)?;
    let mut voided = voided_sequences(history);
    if !voided.insert(sequence) {
        return Err(VoidRejection::AlreadyVoid);
    }
    let replayed = replay(head, history, &voided);
    let entry = Entry {
        sequence: head.sequence.saturating_add(1),
        epoch: head.epoch.saturating_add(1),
        kind: EntryKind::Void { sequence },
        received_at: now,
        price: replayed.price,
        leader: replayed.lead.map(|lead| lead.tag),
        ends_at: head.ends_at,
        ..target.clone()
    }
    .sealed(head.terms.auction, head.chain);
    let next = Head {
        price: replayed.price,
        lead: replayed.lead,
        bid_count: replayed.bid_count,
        epoch: entry.epoch,
        ..head.clone()
    };
    Ok((append(next, &entry), entry))
}

/// The bids that void entries took back.
pub(super) fn voided_sequences(history: &[Entry]) -> BTreeSet<u32> {
    let voids = history.iter().filter_map(|entry| match entry.kind {
        EntryKind::Void { sequence } => Some(sequence),
        EntryKind::Bid | EntryKind::BuyNow => None,
    });
    voids.collect()
}

/// Price, leader and count had the voided bids never come. Without them prices are lower, so
/// every remaining bid stays valid, but for one that only raised the maximum of a voided bid.
fn replay(head: &Head, history: &[Entry], voided: &BTreeSet<u32>) -> Head {
    let mut state = Head::new(head.terms.clone(), head.chain);
    let bids = history.iter().filter(|entry| entry.kind == EntryKind::Bid);
    for entry in bids.filter(|entry| !voided.contains(&entry.sequence)) {
        let bid = Bid {
            bidder: entry.bidder,
            tag: entry.tag,
            key: entry.key,
            salt: entry.salt,
            standing: Standing::default(),
        };
        let Ok(offer) = Offer::new(entry.amount, Some(entry.maximum)) else { continue };
        // The bid was in time when it was accepted: the replay must not refuse it for the hour.
        state.ends_at = entry.received_at + kernel::Span::millis(1);
        state.status = Status::Open;
        if let Ok(decision) = decide(&state, &bid, offer, entry.received_at) {
            state = decision.head;
        }
    }
    state
}
