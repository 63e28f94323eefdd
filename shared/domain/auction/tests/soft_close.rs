use super::*;

fn end() -> Instant {
    start() + Span::hours(1)
}

/// The end after a bid of Juno's against Minji at `now`, when the end stood at `ends_at`.
fn after(ends_at: Instant, now: Instant) -> Instant {
    let head = Head { ends_at, ..led(terms(), MINJI, 10_000, 10_000) };
    decide(&head, &bid_of(JUNO), offer(10_500, None), now).unwrap().head.ends_at
}

#[test]
fn a_bid_in_the_last_five_minutes_moves_the_end() {
    let (ms, five) = (Span::millis(1), SOFT_CLOSE);
    let limit = end() + EXTENSION_MAX;
    let cases = [
        ("long before", end(), start(), end()),
        ("five minutes before", end(), end() - five, end()),
        ("a millisecond later", end(), end() - five + ms, end() + ms),
        ("at the last moment", end(), end() - ms, end() + five - ms),
        ("a moved end moves on", end() + five, end() + five - ms, end() + five + five - ms),
        ("up to the limit", limit - five, limit - five - ms, limit - ms),
        ("to the limit", limit - ms, limit - five, limit),
        ("not past the limit", limit - ms, limit - five + ms, limit),
        ("never past the limit", limit - ms, limit - ms - ms, limit),
        ("at the limit it stays", limit, limit - ms, limit),
    ];
    for (what, ends_at, now, due) in cases {
        assert_eq!(after(ends_at, now), due, "{what}");
    }
}

/// F28: the seller may promise an end that stands.
#[test]
fn without_soft_close_the_end_stands() {
    let fixed = Terms { soft_close: false, ..terms() };
    let late = end() - Span::millis(1);
    let mut story = Story::new(fixed.clone());
    story.try_bid(JUNO, 10_000, None, late).unwrap();
    assert_eq!(story.head.ends_at, end());
    assert!(story.verdict().is_ok());
    assert_ne!(genesis(&fixed, SALT), genesis(&terms(), SALT), "the choice is part of the promise");
}

#[test]
fn an_end_past_the_limit_is_not_taken_back() {
    let beyond = end() + EXTENSION_MAX + Span::minutes(3);
    assert_eq!(after(beyond, beyond - Span::millis(1)), beyond);
}

#[test]
fn what_moves_neither_price_nor_leader_moves_no_end() {
    let late = end() - Span::millis(1);
    let head = led(terms(), MINJI, 20_000, 10_000);
    let raise = decide(&head, &bid_of(MINJI), offer(50_000, None), late).unwrap();
    assert_eq!(raise.head.ends_at, end());
    assert_eq!(raise.entry.ends_at, end());
    // A raise that jumps to the reserve moves the price.
    let reserved = Terms { reserve: Some(won(30_000)), ..terms() };
    let head = led(reserved, MINJI, 20_000, 10_000);
    let raise = decide(&head, &bid_of(MINJI), offer(50_000, None), late).unwrap();
    assert_eq!(raise.head.ends_at, late + SOFT_CLOSE);
}

#[test]
fn an_outbid_bid_moves_the_end_for_it_raised_the_price() {
    let late = end() - Span::seconds(1);
    let head = led(terms(), MINJI, 20_000, 10_000);
    let outbid = decide(&head, &bid_of(JUNO), offer(15_000, None), late).unwrap();
    assert!(!outbid.entry.leads());
    assert_eq!(outbid.head.ends_at, late + SOFT_CLOSE);
}

#[test]
fn the_first_bid_moves_the_end_though_the_price_stays() {
    let late = end() - Span::seconds(1);
    let first = decide(&fresh(terms()), &bid_of(JUNO), offer(10_000, None), late).unwrap();
    assert_eq!(first.head.price, won(10_000));
    assert_eq!(first.head.ends_at, late + SOFT_CLOSE);
}

#[test]
fn a_refused_bid_or_a_purchase_moves_no_end() {
    let late = end() - Span::millis(1);
    let mut story = Story::new(Terms { buy_now: Some(won(50_000)), ..terms() });
    story.bid(MINJI, 10_000, None);
    story.try_bid(JUNO, 10_400, None, late).unwrap_err();
    assert_eq!(story.head.ends_at, end());
    let bought = buy_now(&story.head, &bid_of(JUNO), None, late).unwrap();
    assert_eq!(bought.head.ends_at, end());
}

#[test]
fn bids_without_rest_end_an_hour_after_the_scheduled_end() {
    let mut story = Story::new(terms());
    let mut amount = 10_000;
    let mut last = start();
    loop {
        let now = story.head.ends_at - Span::millis(1);
        let who = if amount % 20_000 == 0 { JUNO } else { MINJI };
        match story.try_bid(who, amount, None, now) {
            Ok(_) if story.head.ends_at == last => break,
            Ok(_) => last = story.head.ends_at,
            Err(rejection) => panic!("{rejection}"),
        }
        amount += 10_000;
    }
    assert_eq!(story.head.ends_at, end() + EXTENSION_MAX);
    assert!(story.verdict().is_ok());
}
