//! What one partition can take: the limit that makes an item hot.
//!
//! Every partition (of a table, or of an index, by itself) has a bucket that fills with time on the
//! cloud's clock. Which calls it lets through is `admission`'s.

use std::collections::HashMap;

use kernel::{Instant, Span};

use crate::touched::Partition;

/// Request units that each partition may consume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Write units in a second.
    pub writes: u32,
    /// Read units in a second.
    pub reads: u32,
    /// How long unused capacity is kept.
    pub burst: Span,
}

impl Capacity {
    /// DynamoDB's own numbers. Without the burst that it gives when it can: only a tenth of a
    /// second's capacity is kept, so that calls need not come evenly to the millisecond.
    pub const PARTITION: Self = Self { writes: 1_000, reads: 3_000, burst: Span::millis(100) };
}

/// How many calls (or keys of a batch) were refused for want of capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Throttled {
    pub reads: u64,
    pub writes: u64,
}

/// The buckets of one cloud, in thousandths of a unit.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    reads: HashMap<Partition, Bucket>,
    writes: HashMap<Partition, Bucket>,
    pub throttled: Throttled,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// Below zero after a call that cost more than was there.
    left: i64,
    at: Instant,
}

impl Bucket {
    /// Filled up to `now` at `rate` units a second.
    fn filled(self, rate: i64, depth: i64, now: Instant) -> Self {
        // A thousandth of a unit in a millisecond is a unit in a second.
        let added = rate.saturating_mul(now.since(self.at).as_millis());
        Self { left: self.left.saturating_add(added).min(depth), at: now }
    }
}

/// Past this many, buckets that are full are forgotten: they are what a new one would be.
const BUCKETS_MAX: usize = 65_536;

impl Buckets {
    pub fn has_room(
        &mut self,
        capacity: Capacity,
        reads: bool,
        of: &Partition,
        now: Instant,
    ) -> bool {
        let (rate, depth) = capacity.rate(reads);
        let buckets = if reads { &self.reads } else { &self.writes };
        buckets.get(of).is_none_or(|bucket| bucket.filled(rate, depth, now).left > 0)
    }

    pub fn charge(
        &mut self,
        capacity: Capacity,
        reads: bool,
        of: &Partition,
        milli: i64,
        now: Instant,
    ) {
        let (rate, depth) = capacity.rate(reads);
        let buckets = if reads { &mut self.reads } else { &mut self.writes };
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, bucket| bucket.filled(rate, depth, now).left < depth);
        }
        let bucket = buckets.entry(of.clone()).or_insert(Bucket { left: depth, at: now });
        *bucket = bucket.filled(rate, depth, now);
        bucket.left = bucket.left.saturating_sub(milli);
    }
}

impl Capacity {
    /// Thousandths of a unit in a millisecond, and how many are kept.
    fn rate(self, reads: bool) -> (i64, i64) {
        let rate = i64::from(if reads { self.reads } else { self.writes });
        (rate, rate.saturating_mul(self.burst.as_millis()).max(1_000))
    }
}

impl Throttled {
    pub(crate) const fn note(&mut self, reads: bool) {
        if reads {
            self.reads += 1;
        } else {
            self.writes += 1;
        }
    }
}
