//! Two at the same row, each held up after every one of its calls in turn.

use std::{future::Future, pin::Pin};

use domain::exchange::{Price, Side};
use futures::poll;
use kernel::Won;

use crate::tests::fixture::Floor;

const COUNTER: &str = "exchange-on-book-changed";
/// No work that is held up here asks more of the table.
const CALLS_MAX: u64 = 9;

fn asked(floor: &Floor) -> u64 {
    let usage = floor.cloud.usage();
    let actions = ["GetItem", "Query", "BatchGetItem", "UpdateItem", "TransactWriteItems"];
    let calls = actions.map(|action| usage.calls(&format!("dynamodb:{action}")));
    calls.iter().sum()
}

/// Lets `work` ask the table `calls` times; `false`: it was done before.
async fn held_up<T>(
    floor: &Floor,
    calls: u64,
    work: &mut Pin<Box<impl Future<Output = T>>>,
) -> bool {
    let before = asked(floor);
    while asked(floor) < before + calls {
        if poll!(work.as_mut()).is_ready() {
            return false;
        }
        tokio::task::yield_now().await;
    }
    true
}

fn price() -> Price {
    Price::new(Won::constant(100_000)).unwrap()
}

#[tokio::test]
async fn an_alert_made_in_the_middle_of_a_look_is_told_once() {
    let mut held = 0;
    for calls in 1..CALLS_MAX {
        let floor = Floor::open().await;
        let [anna, bora] = [floor.trader().await, floor.trader().await];
        floor.cloud.pause(COUNTER);
        floor.rest(&anna, "sell", 100_000).await;
        let mut look = Box::pin(floor.store().quotes_refresh(floor.instrument(), floor.now()));
        if held_up(&floor, calls, &mut look).await {
            held += 1;
            floor.alert(&bora, 100_000).await.expect(201);
            look.await.unwrap();
        } else {
            floor.alert(&bora, 100_000).await.expect(201);
        }
        floor.run_until_idle().await;
        let due = (bora.user.id.to_string(), 100_000, 100_000);
        assert_eq!(floor.told().await, [due], "after {calls} calls");
        floor.cloud.resume(COUNTER);
        floor.run_until_idle().await;
    }
    assert!(held >= 3, "{held}");
}

#[tokio::test]
async fn a_look_in_the_middle_of_an_alert_tells_it_once() {
    let mut held = 0;
    for calls in 1..CALLS_MAX {
        let floor = Floor::open().await;
        let [anna, bora] = [floor.trader().await, floor.trader().await];
        floor.cloud.pause(COUNTER);
        floor.rest(&anna, "sell", 100_000).await;
        let mut alert = Box::pin(floor.alert(&bora, 100_000));
        let look = || floor.store().quotes_refresh(floor.instrument(), floor.now());
        if held_up(&floor, calls, &mut alert).await {
            held += 1;
            look().await.unwrap();
            alert.await.expect(201);
        } else {
            look().await.unwrap();
        }
        floor.run_until_idle().await;
        let due = (bora.user.id.to_string(), 100_000, 100_000);
        assert_eq!(floor.told().await, [due], "after {calls} calls");
        floor.cloud.resume(COUNTER);
        floor.run_until_idle().await;
    }
    assert!(held >= 3, "{held}");
}

#[tokio::test]
async fn a_count_that_is_older_than_the_change_is_not_the_last() {
    let mut held = 0;
    for (older, newer) in (1..4).flat_map(|older| (1..4).map(move |newer| (older, newer))) {
        let floor = Floor::open().await;
        let anna = floor.trader().await;
        floor.cloud.pause(COUNTER);
        floor.rest(&anna, "sell", 100_000).await;
        let side = floor.instrument().side(Side::Sell);
        let count = || floor.store().depth_recount(side, price(), floor.now());
        let mut first = Box::pin(count());
        let mut second = Box::pin(count());
        let first_waits = held_up(&floor, older, &mut first).await;
        floor.rest(&anna, "sell", 100_000).await;
        let second_waits = held_up(&floor, newer, &mut second).await;
        held += u32::from(first_waits && second_waits);
        if first_waits {
            first.await.unwrap();
        }
        if second_waits {
            second.await.unwrap();
        }
        assert_eq!(floor.depth("sell").await, [(100_000, 2)], "after {older} and {newer} calls");
        floor.cloud.resume(COUNTER);
        floor.run_until_idle().await;
    }
    assert!(held >= 2, "{held}");
}
