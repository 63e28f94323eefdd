//! Which stretch of an instrument's history is asked for.

use domain::exchange::views::{Bucket, HISTORY_BARS_MAX};
use kernel::Instant;
use platform::Problem;

/// A stretch of so many bars at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub bucket: Bucket,
    pub from: Instant,
    pub to: Instant,
}

/// How many bars a stretch has at most.
pub fn bars_max() -> u32 {
    u32::try_from(HISTORY_BARS_MAX).unwrap_or(u32::MAX)
}

/// A bucket as a query spells it; a day when it does not say.
pub fn bucket(text: Option<&str>) -> Result<Bucket, Problem> {
    let Some(text) = text else { return Ok(Bucket::Day) };
    Bucket::parse(text)
        .ok_or_else(|| Problem::field("query/bucket", "invalid", "bucket must be hour or day."))
}

impl Stretch {
    /// Until now, unless another end is named; as far back as the bucket suggests, unless another
    /// beginning is.
    pub fn of(
        bucket: Bucket,
        from: Option<Instant>,
        to: Option<Instant>,
        now: Instant,
    ) -> Result<Self, Problem> {
        let to = to.unwrap_or(now);
        let from = from.unwrap_or_else(|| to - bucket.look_back());
        match bucket.touched(from, to) {
            0 => Err(Problem::field("query/from", "invalid", "from must not be after to.")),
            bars if bars > HISTORY_BARS_MAX => {
                let detail = format!("That is {bars} bars, at most {HISTORY_BARS_MAX}.");
                Err(Problem::field("query/from", "invalid", detail))
            }
            _ => Ok(Self { bucket, from, to }),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Span;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_stretch_is_as_long_as_it_may_be() {
        let now = at("2026-11-21T00:30:00.000Z");
        let hours = |hours| Some(now - Span::hours(hours));
        let days = |days| Some(now - Span::days(days));
        let rows = [
            (Bucket::Hour, None, None, Some(73)),
            (Bucket::Day, None, None, Some(31)),
            (Bucket::Hour, hours(399), None, Some(400)),
            (Bucket::Hour, hours(400), None, None),
            (Bucket::Day, days(399), None, Some(400)),
            (Bucket::Day, days(400), None, None),
            (Bucket::Day, hours(1), hours(1), Some(1)),
            (Bucket::Day, hours(1), hours(2), None),
            (Bucket::Hour, None, days(300), Some(73)),
            // Nothing has happened then; that is no fault.
            (Bucket::Hour, None, Some(now + Span::days(9)), Some(73)),
            (Bucket::Hour, Some(now + Span::millis(1)), None, None),
        ];
        for (bucket, from, to, bars) in rows {
            let stretch = Stretch::of(bucket, from, to, now);
            let told = stretch.ok().map(|stretch| bucket.touched(stretch.from, stretch.to));
            assert_eq!(told, bars, "{bucket:?} {from:?} {to:?}");
        }
    }
}
