use super::*;

fn end() -> Instant {
    start() + Span::hours(1)
}

/// When it is closed: three seconds after the end.
fn due() -> Instant {
    end() + Span::seconds(3)
}

#[test]
fn the_outcome_follows_from_the_state() {
    let reserved = || Terms { reserve: Some(won(30_000)), ..terms() };
    let ms = Span::millis(1);
    let not_due = Err(CloseRejection::NotDue { due_at: due() });
    let already = Err(CloseRejection::AlreadyClosed);
    let with = |status| Head { status, ..led(terms(), MINJI, 10_000, 10_000) };
    let cases = [
        ("a leader", led(terms(), MINJI, 10_000, 10_000), due(), Ok(Status::Won)),
        ("nobody", fresh(terms()), due(), Ok(Status::Unsold)),
        ("nobody, with a reserve", fresh(reserved()), due(), Ok(Status::Unsold)),
        ("below the reserve", led(reserved(), MINJI, 29_999, 12_000), due(), Ok(Status::Unsold)),
        ("at the reserve", led(reserved(), MINJI, 30_000, 30_000), due(), Ok(Status::Won)),
        (
            "a day later",
            led(terms(), MINJI, 10_000, 10_000),
            due() + Span::days(1),
            Ok(Status::Won),
        ),
        ("a moment early", led(terms(), MINJI, 10_000, 10_000), due() - ms, not_due),
        ("at the end", led(terms(), MINJI, 10_000, 10_000), end(), not_due),
        ("nobody, at the end", fresh(terms()), end(), not_due),
        ("before the end", led(terms(), MINJI, 10_000, 10_000), end() - ms, not_due),
        ("won", with(Status::Won), due(), already),
        ("unsold", with(Status::Unsold), due(), already),
        ("bought", with(Status::SoldBuyNow), due(), already),
        ("cancelled", with(Status::Cancelled), end() - ms, already),
    ];
    for (what, head, now, due) in cases {
        assert_eq!(close(&head, now), due, "{what}");
    }
}

#[test]
fn a_moved_end_is_the_end() {
    let ends_at = end() + Span::minutes(3);
    let head = Head { ends_at, ..led(terms(), MINJI, 10_000, 10_000) };
    let due_at = ends_at + CLOSE_GRACE;
    for early in [end(), due(), ends_at, due_at - Span::millis(1)] {
        assert_eq!(close(&head, early), Err(CloseRejection::NotDue { due_at }), "{early}");
    }
    assert_eq!(close(&head, due_at), Ok(Status::Won));
}

#[test]
fn sellers_cancel_until_the_first_bid_and_admins_until_the_end() {
    use CancelRejection::*;
    let before = start() - Span::hours(1);
    let last = end() - Span::millis(1);
    let bid_on = || led(terms(), MINJI, 10_000, 10_000);
    let with = |status| Head { status, ..bid_on() };
    let cases = [
        ("scheduled", fresh(terms()), before, Ok(()), Ok(())),
        ("open", fresh(terms()), last, Ok(()), Ok(())),
        ("ended", fresh(terms()), end(), Err(Ended), Err(Ended)),
        ("with bids", bid_on(), last, Err(HasBids), Ok(())),
        ("with bids, ended", bid_on(), end(), Err(Ended), Err(Ended)),
        ("won", with(Status::Won), last, Err(Ended), Err(Ended)),
        ("bought", with(Status::SoldBuyNow), last, Err(Ended), Err(Ended)),
        ("unsold", with(Status::Unsold), last, Err(Ended), Err(Ended)),
        ("cancelled", with(Status::Cancelled), end(), Err(AlreadyCancelled), Err(AlreadyCancelled)),
    ];
    for (what, head, now, by_seller, by_admin) in cases {
        assert_eq!(cancel(&head, false, now), by_seller, "{what}, by the seller");
        assert_eq!(cancel(&head, true, now), by_admin, "{what}, by an admin");
    }
}

#[test]
fn it_runs_from_the_start_until_the_end() {
    let ms = Span::millis(1);
    let head = fresh(terms());
    let cases = [(start() - ms, false), (start(), true), (end() - ms, true), (end(), false)];
    for (now, due) in cases {
        assert_eq!(head.is_running(now), due, "{now}");
        assert_eq!(head.is_over(now), now >= end(), "{now}");
    }
    assert!(!Head { status: Status::Cancelled, ..head }.is_running(start()));
}
