use super::*;

/// Price and leader, or why not.
type Due = Result<(i64, u8), Rejection>;
type Case = (&'static str, Head, (u8, i64, Option<i64>), Due);

fn below_start() -> Due {
    Err(Rejection::BelowStart { start_price: won(10_000) })
}

fn too_low(minimum: i64) -> Due {
    Err(Rejection::TooLow { minimum: won(minimum) })
}

/// Minji leads at `price` with `maximum`.
fn at(maximum: i64, price: i64) -> Head {
    led(terms(), MINJI, maximum, price)
}

#[track_caller]
fn check(cases: Vec<Case>) {
    for (what, head, (who, amount, maximum), due) in cases {
        let made = decide(&head, &bid_of(who), offer(amount, maximum), start());
        let found = made
            .as_ref()
            .map(|decision| (decision.head.price.get(), decision.head.lead.unwrap().bidder));
        let due = due.map(|(price, leader)| (price, user(leader)));
        assert_eq!(found.map_err(|rejection| *rejection), due, "{what}");
        let Ok(Decision { head: next, entry }) = made else { continue };
        assert_eq!(next.sequence, head.sequence + 1, "{what}");
        assert_eq!(next.bid_count, head.bid_count + 1, "{what}");
        assert_eq!(next.recent[0], entry, "{what}");
        assert_eq!((next.chain, next.price), (entry.hash, entry.price), "{what}");
        assert_eq!(entry.leads(), next.lead.unwrap().bidder == user(who), "{what}");
        assert_eq!(entry.bidder, user(who), "{what}");
    }
}

#[test]
fn first_bids() {
    let none = || fresh(terms());
    check(vec![
        ("below the start price", none(), (JUNO, 9_999, None), below_start()),
        ("below, with a maximum above", none(), (JUNO, 9_999, Some(50_000)), below_start()),
        ("at the start price", none(), (JUNO, 10_000, None), Ok((10_000, JUNO))),
        ("by one won more", none(), (JUNO, 10_001, None), Ok((10_001, JUNO))),
        ("a maximum stays hidden", none(), (JUNO, 10_000, Some(50_000)), Ok((10_000, JUNO))),
        ("the amount counts", none(), (JUNO, 30_000, Some(50_000)), Ok((30_000, JUNO))),
    ]);
}

#[test]
fn challengers() {
    check(vec![
        ("below the minimum", at(10_000, 10_000), (JUNO, 10_499, None), too_low(10_500)),
        ("at the minimum", at(10_000, 10_000), (JUNO, 10_500, None), Ok((10_500, JUNO))),
        ("above the minimum", at(10_000, 10_000), (JUNO, 12_345, None), Ok((12_345, JUNO))),
        ("no start price any more", at(20_000, 10_000), (JUNO, 9_999, Some(90_000)), below_start()),
        ("m < M", at(20_000, 10_000), (JUNO, 15_000, None), Ok((15_500, MINJI))),
        ("m < M by proxy", at(20_000, 10_000), (JUNO, 10_500, Some(15_000)), Ok((15_500, MINJI))),
        (
            "m < M within an increment",
            at(20_000, 10_000),
            (JUNO, 19_700, None),
            Ok((20_000, MINJI)),
        ),
        ("m = M: the earlier wins", at(20_000, 10_000), (JUNO, 20_000, None), Ok((20_000, MINJI))),
        ("m = M by proxy", at(20_000, 10_000), (JUNO, 10_500, Some(20_000)), Ok((20_000, MINJI))),
        (
            "m > M by an increment",
            at(20_000, 10_000),
            (JUNO, 10_500, Some(20_500)),
            Ok((20_500, JUNO)),
        ),
        ("m > M by far", at(20_000, 10_000), (JUNO, 10_500, Some(90_000)), Ok((20_500, JUNO))),
        (
            "m > M by less than an increment",
            at(20_000, 10_000),
            (JUNO, 10_500, Some(20_001)),
            Ok((20_001, JUNO)),
        ),
        (
            "the price is at least the amount",
            at(20_000, 10_000),
            (JUNO, 40_000, Some(90_000)),
            Ok((40_000, JUNO)),
        ),
        (
            "the step is the one at M, not at the price",
            at(49_999, 10_000),
            (JUNO, 10_500, Some(90_000)),
            Ok((50_499, JUNO)),
        ),
        (
            "the step above the loser's maximum is the one there",
            at(90_000, 10_000),
            (JUNO, 10_500, Some(50_000)),
            Ok((51_000, MINJI)),
        ),
    ]);
}

#[test]
fn leaders_raise_only_their_maximum() {
    let reserved = |maximum, price| {
        led(Terms { reserve: Some(won(30_000)), ..terms() }, MINJI, maximum, price)
    };
    let for_sale = || led(Terms { buy_now: Some(won(30_000)), ..terms() }, MINJI, 20_000, 10_000);
    let not_raised = |minimum| Err(Rejection::MaximumNotRaised { minimum: won(minimum) });
    check(vec![
        ("higher", at(20_000, 10_000), (MINJI, 10_500, Some(50_000)), Ok((10_000, MINJI))),
        ("by an increment", at(20_000, 10_000), (MINJI, 20_500, None), Ok((10_000, MINJI))),
        ("by less", at(20_000, 10_000), (MINJI, 20_499, None), not_raised(20_500)),
        ("by one won", at(20_000, 10_000), (MINJI, 20_001, None), not_raised(20_500)),
        (
            "the step is the one there",
            at(50_000, 10_000),
            (MINJI, 50_999, None),
            not_raised(51_000),
        ),
        ("an old amount", at(20_000, 10_000), (MINJI, 10_000, Some(20_500)), Ok((10_000, MINJI))),
        ("no amount", at(20_000, 10_000), (MINJI, 1, Some(20_500)), below_start()),
        ("equal", at(20_000, 10_000), (MINJI, 20_000, None), not_raised(20_500)),
        ("lower", at(20_000, 10_000), (MINJI, 19_999, None), not_raised(20_500)),
        ("at the end of all amounts", at(Won::MAX.get(), 10_000), (MINJI, Won::MAX.get(), None), {
            not_raised(Won::MAX.get())
        }),
        ("less than a step from buy-now", for_sale(), (MINJI, 20_499, None), not_raised(20_500)),
        (
            "short of the reserve",
            reserved(20_000, 10_000),
            (MINJI, 29_999, None),
            Ok((10_000, MINJI)),
        ),
        ("to the reserve", reserved(20_000, 10_000), (MINJI, 30_000, None), Ok((30_000, MINJI))),
        ("past the reserve", reserved(20_000, 10_000), (MINJI, 90_000, None), Ok((30_000, MINJI))),
        ("again past it", reserved(40_000, 31_000), (MINJI, 90_000, None), Ok((31_000, MINJI))),
        ("short of buy-now", for_sale(), (MINJI, 29_999, None), Ok((10_000, MINJI))),
        ("to buy-now", for_sale(), (MINJI, 10_500, Some(30_000)), Ok((30_000, MINJI))),
    ]);
}

/// F23: the page showed 10,000 when the bidder typed; meanwhile it is 16,000.
#[test]
fn an_amount_of_a_moment_ago_is_taken_at_the_minimum() {
    let at = |maximum| led(terms(), MINJI, maximum, 16_000);
    check(vec![
        ("leads", at(16_000), (JUNO, 10_500, Some(90_000)), Ok((16_500, JUNO))),
        ("leads above a proxy", at(40_000), (JUNO, 10_500, Some(90_000)), Ok((40_500, JUNO))),
        ("is outbid", at(40_000), (JUNO, 10_500, Some(30_000)), Ok((30_500, MINJI))),
        ("reaches the minimum", at(16_000), (JUNO, 10_500, Some(16_500)), Ok((16_500, JUNO))),
        ("does not", at(16_000), (JUNO, 10_500, Some(16_499)), too_low(16_500)),
        ("has no maximum", at(16_000), (JUNO, 10_500, None), too_low(16_500)),
    ]);
    // What was sent stays in the ledger: a replay without the others starts from it.
    let made = decide(&at(16_000), &bid_of(JUNO), offer(10_500, Some(90_000)), start()).unwrap();
    assert_eq!((made.entry.amount, made.entry.price), (won(10_500), won(16_500)));
}

/// F19: a ledger of a thousand raises cannot be read within a request.
#[test]
fn a_lead_has_twenty_raises() {
    let mut story = Story::new(terms());
    story.bid(MINJI, 10_000, None);
    let mut maximum = 10_000;
    let raise = |story: &mut Story, maximum: i64| {
        story.try_bid(MINJI, 10_000, Some(maximum), start() + Span::minutes(1))
    };
    for n in 1..=RAISES_MAX {
        maximum += 1_000;
        raise(&mut story, maximum).unwrap();
        assert_eq!(story.head.lead.unwrap().raises, n);
    }
    assert_eq!(raise(&mut story, maximum + 1_000).unwrap_err(), Rejection::RaisesUsedUp);
    // An outbid challenger does not change who leads.
    story.bid(JUNO, 20_000, None);
    assert_eq!(raise(&mut story, maximum + 1_000).unwrap_err(), Rejection::RaisesUsedUp);
    story.bid(JUNO, 20_500, Some(90_000));
    assert_eq!(story.head.lead.unwrap().raises, 0);
    story.bid(MINJI, 40_000, Some(100_000));
    raise(&mut story, 110_000).unwrap();
    assert_eq!(story.head.lead.unwrap().raises, 1);
    assert!(story.verdict().is_ok());
}

#[test]
fn the_newest_keys_travel_newest_first() {
    let mut story = Story::new(terms());
    for n in 0..30 {
        story.bid(if n % 2 == 0 { MINJI } else { JUNO }, 10_000 + n * 1_000, None);
    }
    let due: Vec<ShortKey> = (7..=30).rev().map(|n| ShortKey([n; 8])).collect();
    assert_eq!((story.head.recent_keys.len(), RECENT_KEYS_MAX), (24, 24));
    assert_eq!(story.head.recent_keys, due);
    assert!(story.head.knows(KeyHash([30; 16])) && !story.head.knows(KeyHash([6; 16])));
    story.void(30);
    assert_eq!(story.head.recent_keys, due);
}

#[test]
fn a_raise_shows_no_more_than_the_price() {
    let raised = decide(&at(20_000, 10_000), &bid_of(MINJI), offer(50_000, None), start()).unwrap();
    // Everybody reads the amount in the history and in the ledger; the maximum is a secret.
    assert_eq!((raised.entry.amount, raised.entry.price), (won(10_000), won(10_000)));
    assert_eq!(raised.entry.maximum, won(50_000));
    assert_eq!(raised.head.lead.unwrap().maximum, won(50_000));
}

#[test]
fn reserves() {
    let reserved = |head: Head| {
        let terms = Terms { reserve: Some(won(30_000)), ..terms() };
        Head { terms, ..head }
    };
    check(vec![
        ("not reached", reserved(fresh(terms())), (JUNO, 10_000, Some(29_999)), Ok((10_000, JUNO))),
        ("reached", reserved(fresh(terms())), (JUNO, 10_000, Some(30_000)), Ok((30_000, JUNO))),
        ("passed", reserved(fresh(terms())), (JUNO, 10_000, Some(90_000)), Ok((30_000, JUNO))),
        ("by the amount", reserved(fresh(terms())), (JUNO, 40_000, None), Ok((40_000, JUNO))),
        (
            "by a challenger",
            reserved(at(20_000, 10_000)),
            (JUNO, 10_500, Some(30_000)),
            Ok((30_000, JUNO)),
        ),
        (
            "a challenger short of it",
            reserved(at(20_000, 10_000)),
            (JUNO, 10_500, Some(29_000)),
            Ok((20_500, JUNO)),
        ),
        (
            "met already",
            reserved(at(40_000, 30_000)),
            (JUNO, 31_000, Some(50_000)),
            Ok((40_500, JUNO)),
        ),
    ]);
    assert!(!reserved(fresh(terms())).reserve_met());
    assert!(!reserved(at(29_999, 10_000)).reserve_met());
    assert!(reserved(at(30_000, 30_000)).reserve_met());
    assert!(fresh(terms()).reserve_met());
}

#[test]
fn buying_by_a_bid() {
    let for_sale = |head: Head| {
        let terms = Terms { buy_now: Some(won(30_000)), ..terms() };
        Head { terms, ..head }
    };
    let none = || for_sale(fresh(terms()));
    let cases = vec![
        ("short of it", none(), (JUNO, 29_999, None), Ok((29_999, JUNO))),
        ("at it", none(), (JUNO, 30_000, None), Ok((30_000, JUNO))),
        ("above it", none(), (JUNO, 99_000, None), Ok((30_000, JUNO))),
        ("by maximum", none(), (JUNO, 10_000, Some(30_000)), Ok((30_000, JUNO))),
        ("by maximum, below the start price", none(), (JUNO, 1, Some(30_000)), below_start()),
        (
            "against a leader",
            for_sale(at(29_999, 10_000)),
            (JUNO, 30_000, None),
            Ok((30_000, JUNO)),
        ),
        (
            "the least bid is capped at it",
            for_sale(at(29_999, 29_900)),
            (JUNO, 29_999, None),
            too_low(30_000),
        ),
        (
            "the price is there already",
            for_sale(at(30_000, 30_000)),
            (JUNO, 31_000, None),
            Err(Rejection::BuyNowGone),
        ),
    ];
    for (what, head, (who, amount, maximum), _) in &cases {
        let made = decide(head, &bid_of(*who), offer(*amount, *maximum), start());
        let Ok(made) = made else { continue };
        let bought = made.head.price == won(30_000);
        assert_eq!(made.head.status == Status::SoldBuyNow, bought, "{what}");
        assert_eq!(made.entry.kind == EntryKind::BuyNow, bought, "{what}");
    }
    check(cases);
}

#[test]
fn buying_outright() {
    let for_sale = Terms { buy_now: Some(won(30_000)), ..terms() };
    let bought = |head: &Head, who| {
        let Decision { head, entry } = buy_now(head, &bid_of(who), None, start())?;
        assert_eq!((head.status, entry.kind), (Status::SoldBuyNow, EntryKind::BuyNow));
        assert_eq!((entry.amount, entry.maximum), (entry.price, entry.price));
        Ok((head.price.get(), head.lead.unwrap().bidder))
    };
    let cases = [
        ("first", fresh(for_sale.clone()), JUNO, Ok((30_000, user(JUNO)))),
        (
            "against a leader",
            led(for_sale.clone(), MINJI, 29_000, 11_000),
            JUNO,
            Ok((30_000, user(JUNO))),
        ),
        (
            "by the leader",
            led(for_sale.clone(), MINJI, 29_000, 11_000),
            MINJI,
            Ok((30_000, user(1))),
        ),
        (
            "too late",
            led(for_sale.clone(), MINJI, 30_000, 30_000),
            JUNO,
            Err(Rejection::BuyNowGone),
        ),
        ("no such price", fresh(terms()), JUNO, Err(Rejection::NoBuyNow)),
        ("by the seller", fresh(for_sale), SELLER, Err(Rejection::OwnAuction)),
    ];
    for (what, head, who, due) in cases {
        assert_eq!(bought(&head, who), due, "{what}");
    }
    // F27: who names another price buys nothing.
    let head = fresh(Terms { buy_now: Some(won(30_000)), ..terms() });
    let named = |price| buy_now(&head, &bid_of(JUNO), Some(won(price)), start());
    assert_eq!(named(1).unwrap_err(), Rejection::OtherPrice { price: won(30_000) });
    assert_eq!(named(30_000).unwrap().head.status, Status::SoldBuyNow);
}

#[test]
fn a_fixed_increment_rules_the_proxy_too() {
    let fixed =
        |head: Head| Head { terms: Terms { increment: Some(won(3_000)), ..terms() }, ..head };
    check(vec![
        ("minimum", fixed(at(20_000, 10_000)), (JUNO, 12_999, None), too_low(13_000)),
        ("m < M", fixed(at(20_000, 10_000)), (JUNO, 13_000, None), Ok((16_000, MINJI))),
        ("m > M", fixed(at(20_000, 10_000)), (JUNO, 13_000, Some(90_000)), Ok((23_000, JUNO))),
    ]);
}

#[test]
fn amounts_never_leave_the_range() {
    let max = Won::MAX.get();
    check(vec![
        ("up to the end", at(max - 1, max - 200_000), (JUNO, max, None), Ok((max, JUNO))),
        ("m > M at the end", at(max - 5, 10_000), (JUNO, 10_500, Some(max)), Ok((max, JUNO))),
        ("m < M at the end", at(max, 10_000), (JUNO, max - 5, None), Ok((max, MINJI))),
        ("the step is cut", at(max - 5, max - 5), (JUNO, max, None), Ok((max, JUNO))),
        ("nothing is above the end", at(max, max), (JUNO, max, None), too_low(max)),
    ]);
}

#[test]
fn the_newest_entries_travel_newest_first() {
    let mut story = Story::new(terms());
    for n in 0..5 {
        story.bid(if n % 2 == 0 { MINJI } else { JUNO }, 10_000 + n * 1_000, None);
    }
    let sequences: Vec<u32> = story.head.recent.iter().map(|entry| entry.sequence).collect();
    assert_eq!(sequences, [5, 4, 3]);
    assert_eq!(sequences.len(), RECENT_ENTRIES_MAX);
}
