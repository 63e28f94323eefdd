//! Cases, and every interleaving of a few orders.

mod cases;
mod executions;
mod explorer;
mod replays;
mod scenarios;

use kernel::{Id, Instant, Won};
use uuid::Uuid;

use super::*;

/// For longer than a test lasts.
fn good() -> TimeInForce {
    TimeInForce::GoodTil(Instant::from_millis(i64::MAX))
}

fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn price(won: i64) -> Price {
    Price::new(Won::new(won).unwrap()).unwrap()
}
