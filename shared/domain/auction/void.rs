//! Voiding a fraudulent bid: the state is rebuilt from the ledger without it.

use std::collections::BTreeSet;

use kernel::Instant;

use super::{
    bid::{Bid, Offer, Standing, append, stand},
    head::Head,
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

/// The head and the ledger entry after voiding bid `sequence`. `history` is the whole ledger, in
/// order.
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
    let replayed = replay(head, history, |entry| !voided.contains(&entry.sequence));
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

/// Price, leader and count had only those bids come that `counts` says. None of them is lost: each
/// stands by its maximum, even where it would be too low now (a raise of a voided bid; a bid that
/// came after an earlier void had brought the price down).
pub(super) fn replay(head: &Head, history: &[Entry], counts: impl Fn(&Entry) -> bool) -> Head {
    let mut state = Head::new(head.terms.clone(), head.chain);
    let bids = history.iter().filter(|entry| entry.kind == EntryKind::Bid);
    for entry in bids.filter(|entry| counts(entry)) {
        let bid = Bid {
            bidder: entry.bidder,
            tag: entry.tag,
            key: entry.key,
            salt: entry.salt,
            standing: Standing::default(),
        };
        state.bid_count = state.bid_count.saturating_add(1);
        let Ok(offer) = Offer::new(entry.amount, Some(entry.maximum)) else { continue };
        if let Some((price, lead)) = stand(&state, &bid, offer) {
            (state.price, state.lead) = (price, Some(lead));
        }
    }
    state
}
