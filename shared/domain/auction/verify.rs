//! Checks an exported ledger without trusting who exported it: commitments, chain, and the rules
//! themselves, entry by entry.

use kernel::{Id, UserId, Won};
use uuid::Uuid;

use super::{
    bid::{Bid, Offer, Standing, decide},
    head::{Head, Status},
    ledger::{
        BidderTag, Entry, EntryKind, Hash, KeyHash, Line, Salt, commitment, genesis, genesis_sealed,
    },
    policy::EXTENSION_MAX,
    terms::Terms,
    void::void,
};

/// A public line with what was hidden while the auction ran.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub line: Line,
    pub maximum: Won,
    pub salt: Salt,
}

/// What a sound ledger amounts to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub price: Won,
    /// Who leads, or has won when `reserve_met`.
    pub leader: Option<BidderTag>,
    pub reserve_met: bool,
    pub sold_by_buy_now: bool,
    pub bid_count: u32,
    pub chain: Hash,
}

/// The first entry that does not fit, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence}: {fault}")]
pub struct Broken {
    pub sequence: u32,
    pub fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("it carries the number {found}: an entry is missing or out of order")]
    Order { found: u32 },
    #[error("the revealed maximum is not the one committed to")]
    Commitment,
    #[error("its hash does not follow from its content and the entry before it")]
    Chain,
    #[error("the rules refuse it: {0}")]
    Refused(String),
    #[error("{what} should be {due}, not {found}")]
    Outcome { what: &'static str, due: String, found: String },
}

/// Recomputes everything from the terms and the opened lines.
pub fn verify(terms: &Terms, reserve_salt: Salt, lines: &[Opened]) -> Result<Verdict, Broken> {
    let mut state = Head::new(terms.clone(), genesis(terms, reserve_salt));
    let mut history = Vec::with_capacity(lines.len());
    for opened in lines {
        let due = state.sequence.saturating_add(1);
        let broken = |fault| Broken { sequence: due, fault };
        check_line(&state, opened).map_err(broken)?;
        let (next, mut entry) = follow(&state, &history, opened).map_err(broken)?;
        compare(&next, &entry, &opened.line).map_err(broken)?;
        // The replayed entry names its bidder by tag, so its own hash differs from the line's.
        entry.hash = opened.line.hash;
        state = Head { chain: opened.line.hash, recent: Vec::new(), ..next };
        history.push(entry);
    }
    Ok(Verdict {
        price: state.price,
        leader: state.lead.map(|lead| lead.tag),
        reserve_met: state.lead.is_some() && state.reserve_met(),
        sold_by_buy_now: state.status == Status::SoldBuyNow,
        bid_count: state.bid_count,
        chain: state.chain,
    })
}

/// Checks lines whose maximums stay sealed (the auction sold nothing): order, chain, and the rules
/// that can be seen without a maximum. Answers the hash of the last.
pub fn verify_sealed(terms: &Terms, reserve: Hash, lines: &[Line]) -> Result<Hash, Broken> {
    let mut chain = genesis_sealed(terms, reserve);
    let mut before: Option<&Line> = None;
    for line in lines {
        let due = before.map_or(1, |before| before.sequence.saturating_add(1));
        let broken = |fault| Broken { sequence: due, fault };
        if line.sequence != due {
            return Err(broken(Fault::Order { found: line.sequence }));
        }
        if line.expected_hash(terms.auction, chain) != line.hash {
            return Err(broken(Fault::Chain));
        }
        follows(terms, before, line).map_err(broken)?;
        (chain, before) = (line.hash, Some(line));
    }
    Ok(chain)
}

/// What anybody sees of the rules: an epoch is a void, within it no price falls, no end comes
/// nearer or goes too far, a bid comes while the auction runs, and nothing comes after a purchase.
fn follows(terms: &Terms, before: Option<&Line>, line: &Line) -> Result<(), Fault> {
    let void = matches!(line.kind, EntryKind::Void { .. });
    let (epoch, price, end) = before.map_or((0, terms.start_price, terms.scheduled_end), |line| {
        (line.epoch, line.price, line.ends_at)
    });
    let due = epoch.saturating_add(u32::from(void));
    if line.epoch != due {
        let (due, found) = (due.to_string(), line.epoch.to_string());
        return Err(Fault::Outcome { what: "the epoch", due, found });
    }
    let bought = before.is_some_and(|line| line.kind == EntryKind::BuyNow);
    let latest = terms.scheduled_end + EXTENSION_MAX;
    let broken = [
        (bought, "the auction was bought before"),
        (!void && line.price < price, "the price falls"),
        (line.price < terms.start_price, "the price is below the start price"),
        (line.ends_at < end, "the end comes nearer"),
        (line.ends_at > latest, "the end moves too far"),
        (line.received_at < terms.starts_at, "the auction has not begun"),
        (line.received_at >= end, "the auction has ended"),
    ];
    let wrong = broken.into_iter().find(|(wrong, _)| *wrong);
    wrong.map_or(Ok(()), |(_, text)| Err(Fault::Refused(text.to_owned())))
}

fn check_line(state: &Head, opened: &Opened) -> Result<(), Fault> {
    let line = &opened.line;
    if line.sequence != state.sequence.saturating_add(1) {
        return Err(Fault::Order { found: line.sequence });
    }
    if commitment(opened.salt, opened.maximum) != line.maximum_commitment {
        return Err(Fault::Commitment);
    }
    if line.expected_hash(state.terms.auction, state.chain) != line.hash {
        return Err(Fault::Chain);
    }
    Ok(())
}

/// Applies the rule that the line claims to follow.
fn follow(state: &Head, history: &[Entry], opened: &Opened) -> Result<(Head, Entry), Fault> {
    let line = &opened.line;
    let refused = |text: String| Fault::Refused(text);
    if let EntryKind::Void { sequence } = line.kind {
        return void(state, history, sequence, line.received_at)
            .map_err(|rejection| refused(rejection.to_string()));
    }
    let offer = Offer::new(line.amount, Some(opened.maximum));
    let offer = offer.map_err(|error| refused(error.to_string()))?;
    let bid = Bid {
        bidder: stand_in(line.tag),
        tag: line.tag,
        key: KeyHash([0; 16]),
        salt: opened.salt,
        standing: Standing::default(),
    };
    let decision = decide(state, &bid, offer, line.received_at);
    let decision = decision.map_err(|rejection| refused(rejection.to_string()))?;
    Ok((decision.head, decision.entry))
}

fn compare(next: &Head, entry: &Entry, line: &Line) -> Result<(), Fault> {
    let tag = |tag: Option<BidderTag>| tag.map_or_else(|| "nobody".to_owned(), |t| t.to_string());
    let claims = [
        ("its kind", entry.kind.to_string(), line.kind.to_string()),
        ("the bidder", entry.tag.to_string(), line.tag.to_string()),
        ("the amount", entry.amount.to_string(), line.amount.to_string()),
        ("the price", next.price.to_string(), line.price.to_string()),
        ("the leader", tag(entry.leader), tag(line.leader)),
        ("the end", next.ends_at.to_string(), line.ends_at.to_string()),
        ("the epoch", next.epoch.to_string(), line.epoch.to_string()),
    ];
    let wrong = claims.into_iter().find(|(_, due, found)| due != found);
    wrong.map_or(Ok(()), |(what, due, found)| Err(Fault::Outcome { what, due, found }))
}

/// An account that exists only within the check.
fn stand_in(tag: BidderTag) -> UserId {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(tag.0) {
        *to = from;
    }
    Id::from_uuid(Uuid::from_bytes(bytes))
}
