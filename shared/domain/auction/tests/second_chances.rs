use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    properties::{any_terms, play, steps, unrecorded},
    *,
};

fn asked_without(story: &Story, asked: &[u8]) -> Option<(i64, UserId)> {
    let asked: BTreeSet<UserId> = asked.iter().map(|who| user(*who)).collect();
    let next = next_offer(&story.head, &story.history, &asked);
    next.map(|offer| (offer.price.get(), offer.bidder))
}

/// F3: A 10,000 with maximum 100,000; a shill buys at 900,000 and does not pay.
#[test]
fn a_shill_sold_an_honest_maximum() {
    let mut story = Story::new(Terms { buy_now: Some(won(900_000)), ..terms() });
    story.bid(MINJI, 10_000, Some(100_000));
    let mut bidding = story.clone();
    story.bid(JUNO, 900_000, None);
    assert_eq!(asked_without(&story, &[JUNO]), Some((10_000, user(MINJI))));
    // The same by a bid that outbids the maximum.
    bidding.bid(JUNO, 101_000, None);
    assert_eq!(asked_without(&bidding, &[JUNO]), Some((10_000, user(MINJI))));
}

#[test]
fn each_is_asked_for_what_those_left_would_have_come_to() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, Some(20_000));
    story.bid(JUNO, 10_500, Some(30_000));
    story.bid(SORA, 31_000, Some(60_000));
    assert_eq!(asked_without(&story, &[SORA]), Some((20_500, user(JUNO))));
    assert_eq!(asked_without(&story, &[SORA, JUNO]), Some((10_000, user(MINJI))));
    assert_eq!(asked_without(&story, &[SORA, JUNO, MINJI]), None);
}

#[test]
fn nobody_is_asked_below_the_reserve_and_nobody_for_less() {
    let mut story = Story::new(Terms { reserve: Some(won(50_000)), ..terms() });
    story.bid(MINJI, 10_000, Some(40_000));
    story.bid(JUNO, 40_500, Some(60_000));
    story.bid(SORA, 61_000, Some(70_000));
    assert_eq!(asked_without(&story, &[SORA]), Some((50_000, user(JUNO))));
    assert_eq!(asked_without(&story, &[SORA, JUNO]), None);
}

#[test]
fn a_voided_bid_is_nobodys() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, Some(20_000));
    story.bid(JUNO, 30_000, None);
    story.void(2);
    story.bid(SORA, 25_000, None);
    assert_eq!(asked_without(&story, &[SORA]), Some((10_000, user(MINJI))));
}

proptest! {
    #![proptest_config(unrecorded())]

    #[test]
    fn an_offer_is_worth_its_bidders_own_bids(terms in any_terms(), steps in steps(true)) {
        let story = play(terms, &steps, |_, _| {});
        let mut asked = BTreeSet::new();
        let mut last = None;
        while let Some(offer) = next_offer(&story.head, &story.history, &asked) {
            prop_assert!(asked.insert(offer.bidder), "asked twice");
            let own = story.history.iter().filter(|entry| entry.bidder == offer.bidder);
            let highest = own.map(|entry| entry.maximum).max().unwrap();
            prop_assert!(offer.price <= highest, "more than they ever bid");
            prop_assert!(offer.price >= story.head.terms.reserve.unwrap_or(Won::ZERO));
            prop_assert!(offer.price >= story.head.terms.start_price);
            // Fewer rivals never make it dearer.
            prop_assert!(last.is_none_or(|last| offer.price <= last));
            last = Some(offer.price);
        }
        prop_assert!(asked.len() <= 5);
    }
}
