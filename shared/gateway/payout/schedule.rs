//! When Toss pays out: at once in banking hours, else on the next business day.
//!
//! Weekends are known here, public holidays are not: an order for one of them is refused by Toss,
//! and the money is free for another withdrawal.

use kernel::{Instant, Span, seoul_day, seoul_midnight};

/// Payouts at once are taken on business days from 08:00 until before 15:00 in Seoul.
const EXPRESS_FROM: Span = Span::hours(8);
const EXPRESS_UNTIL: Span = Span::hours(15);
const DAY: Span = Span::days(1);

/// When money shall leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    Express,
    /// On this day in Seoul, `2026-11-23`.
    On(String),
}

/// The soonest that can be ordered at `now`.
pub(crate) fn soonest(now: Instant) -> Schedule {
    let of_day = now.since(seoul_midnight(now));
    if is_weekday(now) && (EXPRESS_FROM..EXPRESS_UNTIL).contains(&of_day) {
        return Schedule::Express;
    }
    let mut day = now + DAY;
    // Three steps at most: from Friday over Saturday and Sunday.
    while !is_weekday(day) {
        day = day + DAY;
    }
    Schedule::On(seoul_day(day))
}

/// Monday to Friday.
fn is_weekday(now: Instant) -> bool {
    let seoul = (now + Span::hours(9)).millis();
    let days = seoul.div_euclid(DAY.as_millis());
    // 1970-01-01 was a Thursday; counted from Monday that is 3.
    (days + 3).rem_euclid(7) < 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_leaves_in_banking_hours_or_on_the_next_weekday() {
        for (at, due) in [
            // 2026-11-23 is a Monday.
            ("2026-11-23T07:59:59.999+09:00", Some("2026-11-24")),
            ("2026-11-23T08:00:00.000+09:00", None),
            ("2026-11-23T14:59:59.999+09:00", None),
            ("2026-11-23T15:00:00.000+09:00", Some("2026-11-24")),
            ("2026-11-23T00:00:00.000+09:00", Some("2026-11-24")),
            ("2026-11-26T23:59:59.999+09:00", Some("2026-11-27")),
            ("2026-11-27T12:00:00.000+09:00", None),
            ("2026-11-27T15:00:00.000+09:00", Some("2026-11-30")),
            ("2026-11-28T12:00:00.000+09:00", Some("2026-11-30")),
            ("2026-11-29T12:00:00.000+09:00", Some("2026-11-30")),
            ("2027-12-31T16:00:00.000+09:00", Some("2028-01-03")),
            // A holiday that nobody told us of.
            ("2026-12-25T12:00:00.000+09:00", None),
        ] {
            let due = due.map_or(Schedule::Express, |day| Schedule::On(day.to_owned()));
            assert_eq!(soonest(at.parse().unwrap()), due, "{at}");
        }
    }
}
