//! How far a job has got that works through what has happened.

use kernel::{Instant, Span};

use crate::{CommitError, ItemReader, Read, Store, StoreError, Table, Write, keys};

/// Some time; both ends are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub from: Instant,
    pub to: Instant,
}

impl Interval {
    /// An instant of each day in Seoul that has a part of it, in order.
    pub fn days(self) -> impl Iterator<Item = Instant> {
        let day = Span::days(1).as_millis();
        // The last day may begin less than a day after the instant before it.
        let steps = self.to.since(self.from).as_millis().max(0) / day + 1;
        let to = self.to;
        let mut days: Vec<Instant> =
            (0..=steps).map(|step| (self.from + Span::days(step)).min(to)).collect();
        days.dedup_by_key(|day| kernel::seoul_day(*day));
        days.into_iter()
    }
}

impl Store {
    /// Everything until then is worked through; `None`: nothing yet.
    pub async fn swept_until(&self, job: &str) -> Result<Option<Instant>, StoreError> {
        let item = self.get(Table::Operation, &keys::swept(job), Read::Consistent).await?;
        let until = |item| ItemReader(item).instant("until");
        Ok(item.as_ref().map(until).transpose()?)
    }

    /// Notes it. The last word counts: one run at a time says it.
    pub async fn swept(&self, job: &str, until: Instant) -> Result<(), CommitError> {
        let write = Write::update(Table::Operation, keys::swept(job));
        self.write(write.set_number("until", until.millis())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_every_day_of_its_own_once() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        for (from, to, count) in [
            ("2026-11-21T00:00:00.000Z", "2026-11-21T00:00:00.000Z", 1),
            ("2026-11-21T14:59:59.999Z", "2026-11-21T15:00:00.000Z", 2),
            ("2026-11-21T14:00:00.000Z", "2026-11-22T15:30:00.000Z", 3),
            ("2026-11-21T00:00:00.000Z", "2026-11-24T00:00:00.000Z", 4),
        ] {
            let interval = Interval { from: at(from), to: at(to) };
            let days: Vec<_> = interval.days().map(kernel::seoul_day).collect();
            assert_eq!(days.len(), count, "{from} to {to}: {days:?}");
            assert_eq!(days.first(), Some(&kernel::seoul_day(interval.from)));
            assert_eq!(days.last(), Some(&kernel::seoul_day(interval.to)));
        }
    }
}
