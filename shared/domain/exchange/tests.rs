//! Cases, and every interleaving of a few orders.

mod cases;
mod executions;
mod explorer;
mod replays;
mod scenarios;

use kernel::{Id, Won};
use uuid::Uuid;

use super::*;

fn id<T>(n: u128) -> Id<T> {
    Id::from_uuid(Uuid::from_u128(n))
}

fn price(won: i64) -> Price {
    Price::new(Won::new(won).unwrap()).unwrap()
}
