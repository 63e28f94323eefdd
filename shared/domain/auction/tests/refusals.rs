use super::*;

/// Everything is wrong at once; each step mends the reason that was named before.
#[test]
fn earlier_reasons_win_over_later_ones() {
    let ended = start() + Span::hours(1);
    let seller_leads = led(
        Terms { starts_at: start() + Span::hours(2), buy_now: Some(won(30_000)), ..terms() },
        SELLER,
        30_000,
        30_000,
    );
    let mut head = Head { status: Status::Cancelled, ..seller_leads };
    let standing =
        Standing { blocked_by_seller: true, unpaid_strikes: SUSPENDING_STRIKES, in_debt: true };
    let mut bid = Bid { standing, ..bid_of(SELLER) };
    let hopeless = offer(10_000, None);
    let named =
        |head: &Head, bid: &Bid, offer: Offer, now| decide(head, bid, offer, now).unwrap_err();

    let start_price = won(10_000);
    assert_eq!(
        named(&head, &bid, offer(9_999, None), ended),
        Rejection::BelowStart { start_price }
    );
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::Cancelled);
    head.status = Status::Open;
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::Ended);
    head.ends_at = start() + Span::hours(3);
    let starts_at = head.terms.starts_at;
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::NotOpen { starts_at });
    head.terms.starts_at = start();
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::OwnAuction);
    head.terms.seller = user(JUNO);
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::Blocked);
    bid.standing.blocked_by_seller = false;
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::Suspended);
    bid.standing.unpaid_strikes = SUSPENDING_STRIKES - 1;
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::InDebt);
    bid.standing.in_debt = false;
    let without = Head { terms: Terms { buy_now: None, ..head.terms.clone() }, ..head.clone() };
    assert_eq!(buy_now(&without, &bid, None, ended).unwrap_err(), Rejection::NoBuyNow);
    let other = buy_now(&head, &bid, Some(won(1)), ended).unwrap_err();
    assert_eq!(other, Rejection::OtherPrice { price: won(30_000) });
    assert_eq!(buy_now(&head, &bid, None, ended).unwrap_err(), Rejection::BuyNowGone);
    let buying = offer(10_000, Some(30_000));
    assert_eq!(named(&head, &bid, buying, ended), Rejection::BuyNowGone);
    let minimum = won(30_000);
    assert_eq!(named(&head, &bid, hopeless, ended), Rejection::MaximumNotRaised { minimum });
    head.lead = head.lead.map(|lead| Lead { maximum: won(20_000), raises: RAISES_MAX, ..lead });
    assert_eq!(named(&head, &bid, offer(25_000, None), ended), Rejection::RaisesUsedUp);
    let stranger = bid_of(SORA);
    assert_eq!(named(&head, &stranger, hopeless, ended), Rejection::TooLow { minimum });
}

#[test]
fn every_other_outcome_is_an_end() {
    for status in [Status::Won, Status::SoldBuyNow, Status::Unsold] {
        let head = Head { status, ..fresh(terms()) };
        let refused = decide(&head, &bid_of(JUNO), offer(10_000, None), start());
        assert_eq!(refused.unwrap_err(), Rejection::Ended, "{status:?}");
    }
}

#[test]
fn a_bid_must_come_between_start_and_end() {
    let ms = Span::millis(1);
    let (from, to) = (start(), start() + Span::hours(1));
    let not_open = Rejection::NotOpen { starts_at: from };
    let cases = [
        (from - ms, Some(not_open)),
        (from, None),
        (to - ms, None),
        (to, Some(Rejection::Ended)),
        (to + ms, Some(Rejection::Ended)),
    ];
    for (now, due) in cases {
        let head = fresh(Terms { buy_now: Some(won(90_000)), ..terms() });
        let bid = decide(&head, &bid_of(JUNO), offer(10_000, None), now).err();
        let purchase = buy_now(&head, &bid_of(JUNO), None, now).err();
        assert_eq!((bid, purchase), (due, due), "{now}");
    }
}

#[test]
fn the_third_strike_suspends() {
    for (unpaid_strikes, due) in [(2, None), (3, Some(Rejection::Suspended))] {
        let standing = Standing { unpaid_strikes, ..Standing::default() };
        let bid = Bid { standing, ..bid_of(JUNO) };
        let made = decide(&fresh(terms()), &bid, offer(10_000, None), start());
        assert_eq!(made.err(), due, "{unpaid_strikes}");
    }
}

#[test]
fn refusals_read_as_sentences() {
    let texts = [
        (Rejection::TooLow { minimum: won(10_500) }, "the next bid must be at least 10500"),
        (
            Rejection::NotOpen { starts_at: "2026-11-21T09:00:00.000Z".parse().unwrap() },
            "the auction begins at 2026-11-21T09:00:00.000Z",
        ),
    ];
    for (rejection, due) in texts {
        assert_eq!(rejection.to_string(), due);
    }
}
