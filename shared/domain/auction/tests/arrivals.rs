use super::*;

fn end() -> Instant {
    start() + Span::hours(1)
}

fn ms(n: i64) -> Span {
    Span::millis(n)
}

#[test]
fn the_gateways_time_counts_within_two_seconds() {
    let now = end();
    let cases = [
        ("at once", now, now),
        ("a moment ago", now - ms(40), now - ms(40)),
        ("two seconds ago", now - ms(2_000), now - ms(2_000)),
        ("longer ago", now - ms(2_001), now - ms(2_000)),
        ("a gateway whose clock is ahead", now + ms(500), now),
    ];
    for (what, at_gateway, due) in cases {
        assert_eq!(Arrival::new(at_gateway, now).received_at(), due, "{what}");
    }
}

/// F21: what came in time is never told that the auction had ended.
#[test]
fn what_came_in_time_and_was_too_late_to_write_is_undecided() {
    let open = led(terms(), MINJI, 10_000, 10_000);
    let with = |status| Head { status, ..open.clone() };
    let (late, slow) = (end() + ms(43), end() + ms(2_500));
    let cases = [
        ("in time, open by the gateway", &open, end() - ms(1), slow, true),
        ("in time, flipped meanwhile", &with(Status::Won), end() - ms(1), slow, true),
        ("in time, unsold meanwhile", &with(Status::Unsold), end() - ms(1), slow, true),
        ("at the end", &open, end(), slow, false),
        ("after the end", &open, late, slow, false),
        ("after the flip", &with(Status::Won), late, slow, false),
        ("bought meanwhile", &with(Status::SoldBuyNow), end() - ms(1), slow, false),
        ("cancelled meanwhile", &with(Status::Cancelled), end() - ms(1), slow, false),
    ];
    for (what, head, at_gateway, now, due) in cases {
        assert_eq!(Arrival::new(at_gateway, now).is_undecided(head), due, "{what}");
    }
}
