use super::*;

/// 1 Minji 10,000 · 2 Juno 11,000 up to 20,000 · 3 Sora 25,000
fn three() -> Story {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, None);
    story.bid(JUNO, 11_000, Some(20_000));
    story.bid(SORA, 25_000, None);
    story
}

#[test]
fn the_state_is_what_it_were_without_the_bid() {
    let cases = [
        ("the first", 1, 25_000, Some(SORA)),
        ("a middle one", 2, 25_000, Some(SORA)),
        ("the leader's", 3, 11_000, Some(JUNO)),
    ];
    for (what, sequence, price, leader) in cases {
        let mut story = three();
        let entry = story.void(sequence);
        let target = &story.history[usize::try_from(sequence).unwrap() - 1];
        assert_eq!(entry.kind, EntryKind::Void { sequence }, "{what}");
        assert_eq!((entry.sequence, entry.epoch), (4, 1), "{what}");
        assert_eq!((entry.tag, entry.key), (target.tag, target.key), "{what}");
        assert_eq!((entry.amount, entry.maximum), (target.amount, target.maximum), "{what}");
        assert_eq!((entry.price, entry.leader), (won(price), leader.map(tag)), "{what}");
        assert_eq!((story.head.price, story.leader()), (won(price), leader.map(tag)), "{what}");
        assert_eq!((story.head.bid_count, story.head.epoch), (2, 1), "{what}");
        assert_eq!((story.head.sequence, story.head.chain), (4, entry.hash), "{what}");
        assert_eq!(story.head.recent[0], entry, "{what}");
        let verdict = story.verdict().unwrap();
        assert_eq!((verdict.price, verdict.leader), (won(price), leader.map(tag)), "{what}");
        assert_eq!((verdict.bid_count, verdict.chain), (2, entry.hash), "{what}");
    }
}

#[test]
fn without_its_only_bid_an_auction_begins_again() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 30_000, Some(90_000));
    let entry = story.void(1);
    assert_eq!(entry.leader, None);
    assert_eq!((story.head.price, story.head.lead, story.head.bid_count), (won(10_000), None, 0));
    assert_eq!(story.head.minimum_next_bid(), won(10_000));
    assert_eq!(cancel(&story.head, false, start() + Span::minutes(3)), Ok(()));
    let next = story.bid(JUNO, 10_000, None);
    assert_eq!((next.sequence, next.epoch, story.head.bid_count), (3, 1, 1));
    assert_eq!(story.verdict().unwrap().price, won(10_000));
}

#[test]
fn what_cannot_be_voided() {
    let end = start() + Span::hours(1);
    let now = start() + Span::minutes(2);
    let mut story = three();
    assert_eq!(story.try_void(0, now), Err(VoidRejection::Unknown));
    assert_eq!(story.try_void(4, now), Err(VoidRejection::Unknown));
    assert_eq!(story.try_void(2, end), Err(VoidRejection::Over));
    story.try_void(2, end - Span::millis(1)).unwrap();
    assert_eq!(story.try_void(2, now), Err(VoidRejection::AlreadyVoid));
    // The void entry itself is no bid.
    assert_eq!(story.try_void(4, now), Err(VoidRejection::Unknown));
    for status in [Status::Won, Status::Unsold, Status::SoldBuyNow, Status::Cancelled] {
        let head = Head { status, ..story.head.clone() };
        let refused = void(&head, &story.history, 1, now);
        assert_eq!(refused.unwrap_err(), VoidRejection::Over, "{status:?}");
    }
}

#[test]
fn a_purchase_cannot_be_voided() {
    let mut story = Story::new(Terms { buy_now: Some(won(30_000)), ..terms() });
    story.bid(MINJI, 10_000, Some(30_000));
    let now = start() + Span::minutes(2);
    assert_eq!(story.try_void(1, now), Err(VoidRejection::Over));
    let open = Head { status: Status::Open, ..story.head.clone() };
    assert_eq!(void(&open, &story.history, 1, now).unwrap_err(), VoidRejection::Unknown);
}

#[test]
fn every_void_begins_an_epoch() {
    let mut story = three();
    for (sequence, epoch, left) in [(3, 1, 2), (1, 2, 1), (2, 3, 0)] {
        let entry = story.void(sequence);
        assert_eq!((entry.epoch, story.head.epoch), (epoch, epoch));
        assert_eq!(story.head.bid_count, left);
    }
    assert_eq!((story.head.price, story.head.lead), (won(10_000), None));
    assert!(story.verdict().is_ok());
}

#[test]
fn a_moved_end_stays_moved() {
    let late = start() + Span::minutes(59);
    let mut story = Story::new(terms());
    story.try_bid(MINJI, 10_000, None, late).unwrap();
    let moved = late + SOFT_CLOSE;
    let entry = story.try_void(1, late + Span::minutes(4)).unwrap();
    assert_eq!((entry.ends_at, story.head.ends_at), (moved, moved));
    assert!(story.verdict().is_ok());
}

#[test]
fn a_raise_outlives_the_bid_it_raised_when_it_can_stand_alone() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, Some(20_000));
    let raise = story.bid(MINJI, 30_000, None);
    let mut without_raise = story.clone();
    story.void(1);
    let lead = story.head.lead.unwrap();
    assert_eq!((lead.tag, lead.maximum, lead.key), (tag(MINJI), won(30_000), raise.key));
    assert_eq!((story.head.price, story.head.bid_count), (won(10_000), 1));
    without_raise.void(2);
    let lead = without_raise.head.lead.unwrap();
    let first = &without_raise.history[0];
    assert_eq!((lead.tag, lead.maximum, lead.key), (tag(MINJI), won(20_000), first.key));
}

#[test]
fn a_void_lost_the_raise_of_the_bid_it_took_back() {
    let mut story = Story::new(terms());
    story.bid(JUNO, 10_000, None);
    story.bid(MINJI, 11_000, Some(20_000));
    let raise = story.bid(MINJI, 10_000, Some(30_000));
    story.void(2);
    let lead = story.head.lead.unwrap();
    assert_eq!((lead.tag, lead.maximum, lead.key), (tag(MINJI), won(30_000), raise.key));
    assert_eq!((story.head.price, story.head.bid_count), (won(10_500), 2));
    assert!(story.verdict().is_ok());
}

/// Its amount was taken at the minimum that the voided bid had made.
#[test]
fn an_amount_of_a_moment_ago_stands_by_itself_after_a_void() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 16_000, None);
    story.bid(JUNO, 10_500, Some(90_000));
    assert_eq!(story.head.price, won(16_500));
    story.void(1);
    assert_eq!((story.head.price, story.leader()), (won(10_500), Some(tag(JUNO))));
    assert!(story.verdict().is_ok());
}

#[test]
fn a_void_is_dated_by_itself_not_by_the_bid_it_takes_back() {
    let (late, later) = (start() + Span::minutes(59), start() + Span::minutes(60));
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, None);
    story.try_bid(JUNO, 11_000, None, late).unwrap();
    let entry = story.try_void(1, later).unwrap();
    assert_eq!((entry.received_at, entry.ends_at), (later, late + SOFT_CLOSE));
    assert!(story.verdict().is_ok());
}

#[test]
fn a_second_void_lost_a_bid_made_after_the_first() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, None);
    story.bid(MINJI, 12_000, None);
    story.bid(JUNO, 10_500, None);
    story.bid(JUNO, 11_500, Some(12_500));
    story.bid(MINJI, 15_000, None);
    story.void(4); // Minji's 15,000 is a mere raise now
    assert_eq!(story.head.price, won(11_000));
    story.bid(JUNO, 11_500, Some(20_000));
    assert_eq!((story.head.price, story.leader()), (won(15_500), Some(tag(JUNO))));
    story.void(2); // and now it asks for 15,000 again, more than Juno's amount
    assert_eq!((story.head.price, story.leader()), (won(15_500), Some(tag(JUNO))));
    assert_eq!(story.head.bid_count, 4);
    assert!(story.verdict().is_ok());
}
