//! Whoever changes an exported ledger is found out at the first entry that was changed.

use proptest::prelude::*;

use super::{
    properties::{Step, any_terms, play, steps, unrecorded},
    *,
};
use crate::auction::{
    ledger::{Line, commitment},
    verify::{Fault, verify_sealed},
};

/// How one line is changed.
#[derive(Clone, Copy, Debug)]
enum Change {
    Sequence,
    Epoch,
    Kind,
    Bid,
    Tag,
    Amount,
    Commitment,
    ReceivedAt,
    Price,
    Leader,
    EndsAt,
    Hash,
    Maximum,
    Salt,
}

const CHANGES: [Change; 14] = [
    Change::Sequence,
    Change::Epoch,
    Change::Kind,
    Change::Bid,
    Change::Tag,
    Change::Amount,
    Change::Commitment,
    Change::ReceivedAt,
    Change::Price,
    Change::Leader,
    Change::EndsAt,
    Change::Hash,
    Change::Maximum,
    Change::Salt,
];

fn change(opened: &mut Opened, change: Change, by: u8) {
    let more = |amount: Won| won((amount.get() + i64::from(by)).min(Won::MAX.get()));
    let later = |at: Instant| at + Span::millis(i64::from(by));
    let line = &mut opened.line;
    match change {
        Change::Sequence => line.sequence += u32::from(by),
        Change::Epoch => line.epoch += u32::from(by),
        Change::Kind => {
            line.kind = match line.kind {
                EntryKind::Bid => EntryKind::BuyNow,
                EntryKind::BuyNow => EntryKind::Void { sequence: u32::from(by) },
                EntryKind::Void { .. } => EntryKind::Bid,
            }
        }
        Change::Bid => line.bid = Id::from_uuid(Uuid::from_u128(u128::from(by))),
        Change::Tag => line.tag.0[usize::from(by % 8)] ^= by,
        Change::Amount => line.amount = more(line.amount),
        Change::Commitment => line.maximum_commitment.0[usize::from(by % 32)] ^= by,
        Change::ReceivedAt => line.received_at = later(line.received_at),
        Change::Price => line.price = more(line.price),
        Change::Leader => line.leader = line.leader.xor(Some(tag(by))),
        Change::EndsAt => line.ends_at = later(line.ends_at),
        Change::Hash => line.hash.0[usize::from(by % 32)] ^= by,
        Change::Maximum => opened.maximum = more(opened.maximum),
        Change::Salt => opened.salt.0[usize::from(by % 16)] ^= by,
    }
}

/// The number of the entry that does not fit.
fn broken(terms: &Terms, lines: &[Opened]) -> Option<u32> {
    verify(terms, SALT, lines).err().map(|broken| broken.sequence)
}

/// What the ledger of an auction that sold nothing says, and what it amounts to.
fn sealed(terms: &Terms, lines: &[Opened]) -> Result<Hash, Broken> {
    let lines: Vec<Line> = lines.iter().map(|opened| opened.line.clone()).collect();
    let reserve = commitment(SALT, terms.reserve.unwrap_or(Won::ZERO));
    // Nobody who checks it knows the reserve.
    verify_sealed(&Terms { reserve: None, ..terms.clone() }, reserve, &lines)
}

/// With every hash made anew, as somebody would who holds the whole file.
fn resealed(terms: &Terms, mut lines: Vec<Opened>) -> Vec<Opened> {
    let mut previous = genesis(terms, SALT);
    for opened in &mut lines {
        opened.line.maximum_commitment = commitment(opened.salt, opened.maximum);
        opened.line.hash = opened.line.expected_hash(terms.auction, previous);
        previous = opened.line.hash;
    }
    lines
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap() + 1
}

fn story() -> impl Strategy<Value = (Story, prop::sample::Index)> {
    let told = (any_terms(), steps(true), any::<prop::sample::Index>());
    let told = told.prop_map(|(terms, steps, at)| (play(terms, &steps, |_, _| {}), at));
    told.prop_filter("something happened", |(story, _)| !story.history.is_empty())
}

proptest! {
    #![proptest_config(unrecorded())]

    #[test]
    fn any_changed_field_is_found((story, at) in story(), by in 1..=255_u8) {
        let at = at.index(story.history.len());
        let sound = story.opened();
        for kind in CHANGES {
            let mut lines = sound.clone();
            change(&mut lines[at], kind, by);
            prop_assume!(lines != sound);
            let found = broken(&story.head.terms, &lines);
            prop_assert_eq!(found, Some(number(at)), "{:?}", kind);
        }
    }

    #[test]
    fn any_missing_doubled_or_moved_line_is_found((story, at) in story()) {
        let terms = &story.head.terms;
        let sound = story.opened();
        let at = at.index(sound.len());
        let mut missing = sound.clone();
        missing.remove(at);
        let last = at + 1 == sound.len();
        // Cutting off the end is what the announced chain hash is there for.
        prop_assert_eq!(broken(terms, &missing), (!last).then_some(number(at)));
        if last {
            prop_assert_ne!(verify(terms, SALT, &missing).unwrap().chain, story.head.chain);
        }
        let mut doubled = sound.clone();
        doubled.insert(at, sound[at].clone());
        prop_assert_eq!(broken(terms, &doubled), Some(number(at) + 1));
        if !last {
            let mut swapped = sound.clone();
            swapped.swap(at, sound.len() - 1);
            prop_assert_eq!(broken(terms, &swapped), Some(number(at)));
        }
    }

    #[test]
    fn a_sealed_ledger_is_checked_for_order_and_chain((story, at) in story(), by in 1..=255_u8) {
        let at = at.index(story.history.len());
        let (terms, sound) = (&story.head.terms, story.opened());
        prop_assert_eq!(sealed(terms, &sound), Ok(story.head.chain));
        for kind in CHANGES {
            let mut lines = sound.clone();
            change(&mut lines[at], kind, by);
            let seen = lines[at].line != sound[at].line;
            let found = sealed(terms, &lines).map_err(|broken| broken.sequence);
            let due = if seen { Err(number(at)) } else { Ok(story.head.chain) };
            prop_assert_eq!(found, due, "{:?}", kind);
        }
        let mut missing = sound.clone();
        missing.remove(at);
        let found = sealed(terms, &missing);
        if at + 1 == sound.len() {
            prop_assert_ne!(found.unwrap(), story.head.chain);
        } else {
            let fault = Fault::Order { found: number(at) + 1 };
            prop_assert_eq!(found, Err(Broken { sequence: number(at), fault }));
        }
        let dearer = Terms { start_price: won(terms.start_price.get() + 1), ..terms.clone() };
        let fault = Fault::Chain;
        prop_assert_eq!(sealed(&dearer, &sound), Err(Broken { sequence: 1, fault }));
        let reserve = Some(won(terms.reserve.map_or(1, |won| won.get() + 1)));
        let fault = Fault::Chain;
        let other = sealed(&Terms { reserve, ..terms.clone() }, &sound);
        prop_assert_eq!(other, Err(Broken { sequence: 1, fault }));
    }

    #[test]
    fn other_terms_break_the_first_entry((story, _) in story()) {
        let terms = &story.head.terms;
        let one_more = |amount: Option<Won>| Some(won(amount.map_or(1, |won| won.get() + 1)));
        let others = [
            Terms { auction: Id::from_uuid(Uuid::from_u128(78)), ..terms.clone() },
            Terms { seller: user(254), ..terms.clone() },
            Terms { start_price: won(terms.start_price.get() + 1), ..terms.clone() },
            Terms { increment: one_more(terms.increment), ..terms.clone() },
            Terms { reserve: one_more(terms.reserve), ..terms.clone() },
            Terms { buy_now: one_more(terms.buy_now), ..terms.clone() },
            Terms { starts_at: terms.starts_at - Span::millis(1), ..terms.clone() },
            Terms { scheduled_end: terms.scheduled_end + Span::millis(1), ..terms.clone() },
        ];
        for other in &others {
            prop_assert_eq!(broken(other, &story.opened()), Some(1), "{:?}", other);
        }
        let salted = verify(terms, Salt([8; 16]), &story.opened());
        prop_assert_eq!(salted.unwrap_err(), Broken { sequence: 1, fault: Fault::Chain });
    }

    #[test]
    fn lies_are_found_even_under_new_hashes((story, at) in story(), by in 1..=255_u8) {
        let at = at.index(story.history.len());
        let lies = [Change::Price, Change::Leader, Change::EndsAt, Change::Epoch, Change::Sequence];
        for lie in lies {
            let mut lines = story.opened();
            change(&mut lines[at], lie, by);
            let lines = resealed(&story.head.terms, lines);
            let found = broken(&story.head.terms, &lines);
            prop_assert_eq!(found, Some(number(at)), "{:?}", lie);
        }
        let sound = story.opened();
        prop_assert_eq!(&resealed(&story.head.terms, sound.clone()), &sound);
    }

    /// F26: what is public keeps to the rules also where nobody ever sees a maximum.
    #[test]
    fn f26_public_lies_are_found_without_a_maximum((story, at) in story()) {
        let at = at.index(story.history.len());
        let terms = &story.head.terms;
        let last_end = terms.scheduled_end + Span::minutes(60);
        let lies: [fn(&mut Opened, &Terms, Instant); 5] = [
            |opened, _, _| opened.line.epoch += 1,
            |opened, terms, _| opened.line.price = won(terms.start_price.get() - 1),
            |opened, _, last| opened.line.ends_at = last + Span::millis(1),
            |opened, terms, _| opened.line.received_at = terms.starts_at - Span::millis(1),
            |opened, _, last| opened.line.received_at = last,
        ];
        for (number_of, lie) in lies.into_iter().enumerate() {
            let mut lines = story.opened();
            lie(&mut lines[at], terms, last_end);
            let lines = resealed(terms, lines);
            let found = sealed(terms, &lines).map_err(|broken| broken.sequence);
            prop_assert_eq!(found, Err(number(at)), "{}", number_of);
        }
    }
}

#[test]
fn the_fault_says_what_is_wrong() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, Some(20_000));
    story.bid(JUNO, 12_000, None);
    story.void(2);
    let sound = story.opened();
    let texts = |at: usize, change: &dyn Fn(&mut Opened)| {
        let mut lines = sound.clone();
        change(&mut lines[at]);
        let plain = verify(&terms(), SALT, &lines).unwrap_err().to_string();
        let hidden = verify(&terms(), SALT, &resealed(&terms(), lines)).unwrap_err().to_string();
        (plain, hidden)
    };
    let chain = "its hash does not follow from its content and the entry before it";
    let (plain, hidden) = texts(1, &|opened| opened.line.price = won(11_000));
    assert_eq!(plain, format!("entry 2: {chain}"));
    assert_eq!(hidden, "entry 2: the price should be 12500, not 11000");
    let (plain, hidden) = texts(1, &|opened| opened.line.amount = won(9_900));
    assert_eq!(plain, format!("entry 2: {chain}"));
    assert_eq!(
        hidden,
        "entry 2: the rules refuse it: the amount must be at least the start price, 10000"
    );
    let (plain, hidden) = texts(1, &|opened| opened.maximum = won(11_000));
    assert_eq!(plain, "entry 2: the revealed maximum is not the one committed to");
    assert_eq!(hidden, "entry 2: the rules refuse it: the maximum must not be below the amount");
    let (plain, hidden) = texts(0, &|opened| opened.line.sequence = 2);
    let missing = "entry 1: it carries the number 2: an entry is missing or out of order";
    assert_eq!((plain.as_str(), hidden.as_str()), (missing, missing));
    let late = start() + Span::hours(1);
    let (_, hidden) = texts(1, &|opened| opened.line.received_at = late);
    assert_eq!(hidden, "entry 2: the rules refuse it: the auction has ended");
    let (_, hidden) = texts(2, &|opened| opened.line.tag = tag(MINJI));
    let (due, found) = (tag(JUNO), tag(MINJI));
    assert_eq!(hidden, format!("entry 3: the bidder should be {due}, not {found}"));
    let (_, hidden) = texts(2, &|opened| opened.line.kind = EntryKind::Void { sequence: 7 });
    assert_eq!(hidden, "entry 3: the rules refuse it: there is no such bid in the ledger");
}

#[test]
fn an_empty_ledger_is_sound() {
    let verdict = verify(&terms(), SALT, &[]).unwrap();
    let due = Verdict {
        price: won(10_000),
        leader: None,
        reserve_met: false,
        sold_by_buy_now: false,
        bid_count: 0,
        chain: genesis(&terms(), SALT),
    };
    assert_eq!(verdict, due);
    assert_eq!(sealed(&terms(), &[]), Ok(genesis(&terms(), SALT)));
    let steps = [Step::Void { pick: 0, later: 0 }];
    assert!(play(terms(), &steps, |_, _| {}).history.is_empty());
}

#[test]
fn a_bid_is_named_by_auction_bidder_and_key() {
    use crate::auction::ledger::bid_id;
    let auction = terms().auction;
    let name = |who, key: u8| bid_id(auction, user(who), KeyHash([key; 16]));
    assert_eq!(name(MINJI, 1), name(MINJI, 1));
    assert_ne!(name(MINJI, 1), name(JUNO, 1));
    assert_ne!(name(MINJI, 1), name(MINJI, 2));
    let other = Id::from_uuid(Uuid::from_u128(78));
    assert_ne!(name(MINJI, 1), bid_id(other, user(MINJI), KeyHash([1; 16])));
}

#[test]
fn hashes_read_as_they_are_written() {
    let text = "00ff".repeat(16);
    assert_eq!(text.parse::<Hash>().unwrap().to_string(), text);
    for bad in ["", "00", &"0".repeat(63), &"g".repeat(64), &"0".repeat(66)] {
        assert!(bad.parse::<Hash>().is_err(), "{bad}");
    }
}
