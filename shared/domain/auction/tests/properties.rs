//! Whatever bids come in whatever order.

use proptest::prelude::*;

use super::*;

/// Without a file of past failures: those become tests of their own.
pub(super) fn unrecorded() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// One step of a random history; amounts are relative to what is due, so that most bids count.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Bid { who: u8, above: i64, extra: Option<i64>, later: i64 },
    Void { pick: u32, later: i64 },
}

pub(super) fn steps(with_voids: bool) -> impl Strategy<Value = Vec<Step>> {
    let extra = prop_oneof![2 => Just(None), 3 => (0..40_000_i64).prop_map(Some)];
    let bid = (1..6_u8, prop_oneof![4 => 0..3_000_i64, 1 => -500..0_i64], extra, 0..240_000_i64)
        .prop_map(|(who, above, extra, later)| Step::Bid { who, above, extra, later });
    let void = (0..12_u32, 0..60_000_i64).prop_map(|(pick, later)| Step::Void { pick, later });
    let voids = u32::from(with_voids);
    prop::collection::vec(prop_oneof![5 => bid, voids => void], 1..40)
}

pub(super) fn any_terms() -> impl Strategy<Value = Terms> {
    let increment = prop::option::weighted(0.3, 1..5_000_i64);
    let reserve = prop::option::weighted(0.4, 1_000..60_000_i64);
    let buy_now = prop::option::weighted(0.3, 90_000..200_000_i64);
    let fields = (1..20_000_i64, increment, reserve, buy_now, any::<bool>());
    fields.prop_map(|(first, increment, reserve, buy_now, soft_close)| Terms {
        start_price: won(first),
        increment: increment.map(won),
        reserve: reserve.map(|above| won(first + above)),
        buy_now: buy_now.map(won),
        soft_close,
        ..terms()
    })
}

/// Plays the steps; `see` is shown every accepted bid with the head it came to.
pub(super) fn play(terms: Terms, steps: &[Step], mut see: impl FnMut(&Head, &Story)) -> Story {
    let mut story = Story::new(terms);
    let mut now = start();
    for step in steps {
        let before = story.head.clone();
        match *step {
            Step::Bid { who, above, extra, later } => {
                now = now + Span::millis(later);
                let amount = (before.minimum_next_bid().get() + above).max(1);
                let maximum = extra.map(|extra| amount + extra);
                if story.try_bid(who, amount, maximum, now).is_ok() {
                    see(&before, &story);
                }
            }
            Step::Void { pick, later } => {
                now = now + Span::millis(later);
                let _refused_or_done = story.try_void(pick + 1, now);
            }
        }
    }
    story
}

/// What an entry was good for: a purchase counts at its price.
fn worth(entry: &Entry) -> Won {
    if entry.kind == EntryKind::BuyNow { entry.price } else { entry.maximum }
}

/// Whoever holds the highest maximum, the earliest on ties.
fn best<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<&'a Entry> {
    entries.reduce(|best, entry| if worth(entry) > worth(best) { entry } else { best })
}

fn check_step(before: &Head, story: &Story) {
    let (head, entry) = (&story.head, story.history.last().unwrap());
    let lead = head.lead.unwrap();
    let raised = before.lead.is_some_and(|old| old.bidder == entry.bidder);
    if raised && entry.kind == EntryKind::Bid {
        let jumped = head.terms.reserve == Some(head.price);
        assert!(head.price == before.price || jumped, "a raise moved the price");
    } else {
        assert!(before.lead.is_none() || head.price > before.price, "the price did not rise");
        let bought = entry.kind == EntryKind::BuyNow;
        let far = entry.maximum >= before.minimum_next_bid();
        assert!(bought || far, "the maximum is below the minimum");
        assert!(head.price >= before.minimum_next_bid(), "the price is below the minimum");
    }
    assert!(entry.amount <= entry.price || entry.kind == EntryKind::BuyNow, "a maximum shows");
    assert!(head.price <= lead.maximum && head.price >= head.terms.start_price);
    assert!(head.ends_at >= before.ends_at && entry.received_at < before.ends_at);
    assert!(head.ends_at <= head.terms.scheduled_end + EXTENSION_MAX);
    let best = best(story.history.iter()).unwrap();
    assert_eq!((lead.bidder, lead.key, lead.maximum), (best.bidder, best.key, worth(best)));
    assert_eq!(head.recent[0].sequence, head.sequence);
    assert_eq!((head.recent[0].hash, &head.recent[0]), (head.chain, entry));
    assert_eq!(usize::try_from(head.sequence).unwrap(), story.history.len());
}

proptest! {
    #![proptest_config(unrecorded())]

    #[test]
    fn any_history_keeps_the_rules(terms in any_terms(), steps in steps(false)) {
        let story = play(terms, &steps, check_step);
        let verdict = story.verdict().unwrap();
        prop_assert_eq!(verdict.price, story.head.price);
        prop_assert_eq!(verdict.leader, story.leader());
        prop_assert_eq!(verdict.bid_count, story.head.bid_count);
        prop_assert_eq!(verdict.chain, story.head.chain);
        prop_assert_eq!(verdict.sold_by_buy_now, story.head.status == Status::SoldBuyNow);
    }

    #[test]
    fn a_refusal_changes_nothing_and_repeats(terms in any_terms(), steps in steps(false)) {
        let story = play(terms, &steps, |_, _| {});
        let mut again = story.clone();
        let now = story.head.terms.starts_at + Span::minutes(1);
        let below = story.head.minimum_next_bid().get() - 1;
        if below > 0 {
            // User 9 never bids in these histories.
            let first = again.try_bid(9, below, None, now);
            prop_assert_eq!(first.clone(), again.try_bid(9, below, None, now));
            prop_assert!(first.is_err());
        }
        prop_assert_eq!(again.head, story.head);
    }

    #[test]
    fn voids_lose_no_other_bid(terms in any_terms(), steps in steps(true)) {
        let story = play(terms, &steps, |_, _| {});
        let taken: Vec<u32> = story.history.iter().filter_map(|entry| match entry.kind {
            EntryKind::Void { sequence } => Some(sequence),
            _ => None,
        }).collect();
        let left = story.history.iter().filter(|entry| {
            !matches!(entry.kind, EntryKind::Void { .. }) && !taken.contains(&entry.sequence)
        });
        let head = &story.head;
        let count = usize::try_from(head.bid_count).unwrap();
        prop_assert_eq!(count, left.clone().count());
        let due = best(left).map(|entry| (entry.bidder, entry.key, worth(entry)));
        let lead = head.lead.map(|lead| (lead.bidder, lead.key, lead.maximum));
        prop_assert_eq!(lead, due);
        let most = head.lead.map_or(head.terms.start_price, |lead| lead.maximum);
        prop_assert!((head.terms.start_price..=most).contains(&head.price));
        prop_assert_eq!(usize::try_from(head.epoch).unwrap(), taken.len());
        let verdict = story.verdict().unwrap();
        prop_assert_eq!(verdict.price, head.price);
        prop_assert_eq!(verdict.leader, story.leader());
        prop_assert_eq!(verdict.bid_count, head.bid_count);
    }
}
