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
    if voids(history).any(|(_, voided)| voided == sequence) {
        return Err(VoidRejection::AlreadyVoid);
    }
    let replayed = rebuild(head, history, sequence);
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

/// Every void so far: how many entries came before it, and which bid it took back.
fn voids(history: &[Entry]) -> impl Iterator<Item = (usize, u32)> {
    history.iter().enumerate().filter_map(|(before, entry)| match entry.kind {
        EntryKind::Void { sequence } => Some((before, sequence)),
        EntryKind::Bid | EntryKind::BuyNow => None,
    })
}

/// The state after taking back `sequence` on top of all earlier voids. What a void took along stays
/// gone: bids made since then did not have to reckon with it.
fn rebuild(head: &Head, history: &[Entry], sequence: u32) -> Head {
    let mut gone = BTreeSet::new();
    for (before, voided) in voids(history) {
        gone.insert(voided);
        replay(head, history.iter().take(before), &mut gone);
    }
    gone.insert(sequence);
    replay(head, history.iter(), &mut gone)
}

/// Price, leader and count had the bids that are `gone` never come. Without them prices are lower,
/// so every remaining bid stays valid, but for one that only raised the maximum of a voided bid:
/// that one is gone as well.
fn replay<'a>(
    head: &Head,
    history: impl Iterator<Item = &'a Entry>,
    gone: &mut BTreeSet<u32>,
) -> Head {
    let mut state = Head::new(head.terms.clone(), head.chain);
    for entry in history.filter(|entry| entry.kind == EntryKind::Bid) {
        if gone.contains(&entry.sequence) {
            continue;
        }
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
        match decide(&state, &bid, offer, entry.received_at) {
            Ok(decision) => state = decision.head,
            Err(_) => {
                gone.insert(entry.sequence);
            }
        }
    }
    state
}
