//! Many orders at once on one instrument: the trades are those of a book in which one order came
//! after another, in the order of the commits.

use std::{sync::atomic::Ordering, time::Instant};

use futures::future::join_all;

use crate::{
    submission::Retries,
    tests::fixture::{Floor, Record, spawn},
};

/// Three are usual at 200 orders at once.
const LOST_PER_ORDER_MAX: u64 = 10;

/// A small generator: which orders come follows from the seed alone.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: u64) -> u64 {
        // Numerical Recipes' LCG, its high bits.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// `count` orders at once from 20 traders at ten prices. Answers log, trades and lost attempts.
async fn storm(floor: &Floor, seed: u64, count: usize) -> (Record, u64) {
    let traders = floor.traders(20).await;
    let mut dice = Dice(seed);
    let mut requests = Vec::with_capacity(count);
    for _ in 0..count {
        let trader = &traders[usize::try_from(dice.roll(20)).unwrap()];
        let side = if dice.roll(2) == 0 { "buy" } else { "sell" };
        let price = i64::try_from(10 + dice.roll(10)).unwrap() * 1_000;
        requests.push(floor.ask("orders", trader).json(floor.order(trader, side, price)));
    }
    // Each on a task of its own.
    let tasks: Vec<_> = requests.into_iter().map(spawn).collect();
    for answer in join_all(tasks).await {
        let answer = answer.unwrap();
        let fine = answer.status() == 201 || answer.code() == "self-trade";
        assert!(fine, "{}", answer.text());
    }
    let lost = floor.app.memory::<Retries>().0.load(Ordering::Relaxed);
    (floor.record().await, lost)
}

/// Storms in all; at night more, by this variable: ten take half a minute of a processor.
const STORMS: &str = "JANGTEO_STORMS";

/// Every fifth storm, from `first` on: five tests share them, side by side.
#[expect(clippy::disallowed_methods, reason = "a length for the night, no setting of the product")]
async fn storms(first: u64) {
    let storms = std::env::var(STORMS).map_or(10, |count| count.parse().unwrap());
    for seed in (first..storms).step_by(5) {
        let begun = Instant::now();
        let floor = Floor::bare().await;
        let (record, lost) = storm(&floor, seed, 200).await;
        let (orders, trades) = (record.log.len(), record.meetings.len());
        println!(
            "seed {seed}: {orders} orders, {trades} trades, {lost} lost attempts, {:?}",
            begun.elapsed()
        );
        assert!(trades > 40, "{trades}");
    }
}

macro_rules! storms {
    ($($name:ident: $first:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn $name() {
            storms($first).await;
        }
    )*};
}

storms! {
    two_hundred_orders_at_once_every_fifth_from_0: 0;
    two_hundred_orders_at_once_every_fifth_from_1: 1;
    two_hundred_orders_at_once_every_fifth_from_2: 2;
    two_hundred_orders_at_once_every_fifth_from_3: 3;
    two_hundred_orders_at_once_every_fifth_from_4: 4;
}

/// What contention costs: lost attempts at 10, 50 and 200 orders at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lost_attempts_are_bounded() {
    for count in [10, 50, 200] {
        let floor = Floor::bare().await;
        let (record, lost) = storm(&floor, 7, count).await;
        println!("{count} at once: {lost} lost attempts, {} trades", record.meetings.len());
        let most = u64::try_from(count).unwrap() * LOST_PER_ORDER_MAX;
        assert!(lost <= most, "{count} at once: {lost} lost attempts");
    }
}
