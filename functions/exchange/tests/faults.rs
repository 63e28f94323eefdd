//! Every operation with one call failing, before or after it took effect, then sent again as its
//! caller would: the same rows as without the failure.

use std::collections::BTreeMap;

use domain::exchange::Order;
use futures::future::join_all;
use kernel::Span;
use local::{Fault, FaultKind};
use serde_json::json;
use store::{ItemReader, Table, exchange::read_order};
use testkit::RequestBuilder;

use crate::tests::fixture::{Floor, Trader};

/// Nothing happened; it happened and nobody was told.
const KINDS: &[FaultKind] = &[FaultKind::TimeoutBefore, FaultKind::TimeoutAfter];
/// Longer than the client's own patience.
const DEPTH: u32 = 4;
/// More calls than any of the operations makes.
const CALLS_MAX: u32 = 30;

#[derive(Clone, Copy, Debug)]
enum Operation {
    Ask,
    Bid,
    SaleMeets,
    PurchaseMeets,
    BuyNow,
    Tightens,
    Cancel,
    Sweep,
}

/// Whoever was there before, whoever acts, and what.
struct Stage {
    floor: Floor,
    resting: Trader,
    acting: Trader,
    order: kernel::OrderId,
}

/// Rows by table and first word of their key, orders by side, price and state, both purses.
type End = (BTreeMap<String, usize>, Vec<String>, [(i64, i64); 2]);

impl Operation {
    async fn stage(self) -> Stage {
        let floor = Floor::trading().await;
        floor.expect_failures();
        let (resting, acting) = (floor.trader().await, floor.trader().await);
        let order = match self {
            Self::Bid | Self::Cancel | Self::Sweep => floor.rest(&acting, "buy", 10_000).await,
            Self::SaleMeets => floor.rest(&resting, "buy", 11_000).await,
            Self::Ask | Self::PurchaseMeets | Self::BuyNow => {
                floor.rest(&resting, "sell", 10_000).await
            }
            // A bound that says more than is there.
            Self::Tightens => {
                let gone = floor.rest(&resting, "sell", 9_000).await;
                floor.cancel(&resting, gone).await.expect(200);
                floor.rest(&resting, "sell", 10_000).await
            }
        };
        if matches!(self, Self::Sweep) {
            floor.turn_past_end(order, Span::millis(0)).await;
        }
        floor.run_until_idle().await;
        Stage { floor, resting, acting, order }
    }

    fn request(self, stage: &Stage) -> Option<RequestBuilder> {
        let Stage { floor, acting, order, .. } = stage;
        let place = |side, price| {
            floor.ask_under("same", "orders", acting).json(floor.order(acting, side, price))
        };
        Some(match self {
            Self::Ask => place("sell", 12_000),
            Self::Bid => place("buy", 9_000),
            Self::SaleMeets => place("sell", 10_000),
            Self::PurchaseMeets => place("buy", 11_000),
            Self::Tightens => place("buy", 9_000),
            Self::BuyNow => {
                let body = floor.now_body("buy-now", acting, 10_000);
                floor.ask_under("same", "buy-now", acting).json(body)
            }
            Self::Cancel => floor.ask_under("same", &format!("orders/{order}/cancel"), acting),
            Self::Sweep => return None,
        })
    }

    /// Until it is answered for good, or the schedule has come a few times.
    async fn insist(self, stage: &Stage) {
        let floor = &stage.floor;
        for _ in 0..5 {
            let Some(request) = self.request(stage) else {
                // What breaks off is not told; the next minutes' runs find what is left, once the
                // lease of the one that broke off is over.
                let _ = floor.invoke("exchange-sweep-due-orders", json!({})).await;
                floor.clock.advance(Span::minutes(7));
                continue;
            };
            let reply = request.send().await;
            if reply.status() < 500 {
                assert!(reply.status() < 300, "{self:?}: {}", reply.text());
                return;
            }
        }
        assert!(matches!(self, Self::Sweep), "{self:?} fails at every attempt");
    }
}

async fn end(stage: &Stage) -> End {
    let rows = stage.floor.rows().await;
    let mut counts = BTreeMap::new();
    for table in [Table::Exchange, Table::Trade, Table::Wallet, Table::Outbox] {
        for row in rows.table(table) {
            let key = ItemReader(row).text("pk").unwrap();
            // An event's key is its own id.
            let word = match table {
                Table::Outbox => "event",
                _ => key.split('#').next().unwrap(),
            };
            if word == "turn" {
                continue; // there when somebody was given up, and says nothing of what was done
            }
            *counts.entry(format!("{} {word}", table.name())).or_default() += 1;
        }
    }
    let orders = rows.under(Table::Exchange, store::keys::ORDER_PREFIX);
    let told = |order: Order| {
        let terms = &order.terms;
        let (state, met) = (order.state.as_str(), order.met.map(|met| met.price.get()));
        format!("{:?} {} {state} {met:?}", terms.side, terms.price.get())
    };
    let mut orders: Vec<String> =
        orders.iter().map(|item| told(read_order(item).unwrap())).collect();
    orders.sort();
    let purses = [stage.floor.purse(&stage.resting).await, stage.floor.purse(&stage.acting).await];
    (counts, orders, purses)
}

/// Answers how many calls could be made to fail.
async fn fail_each_call(operation: Operation, kind: FaultKind, due: &End) -> u32 {
    for nth in 1..=CALLS_MAX {
        let stage = operation.stage().await;
        let faults = stage.floor.cloud.faults();
        for _ in 0..DEPTH {
            faults.push(Fault::next("dynamodb:*", kind).nth(nth));
        }
        operation.insist(&stage).await;
        let over = faults.injected().is_empty();
        faults.clear();
        stage.floor.run_until_idle().await;
        assert_eq!(end(&stage).await, *due, "{operation:?}, {kind:?} at call {nth}");
        if over {
            return nth - 1;
        }
    }
    CALLS_MAX
}

async fn every_call_may_fail(operation: Operation) {
    let stage = operation.stage().await;
    operation.insist(&stage).await;
    stage.floor.run_until_idle().await;
    let due = end(&stage).await;
    let runs = KINDS.iter().map(|kind| fail_each_call(operation, *kind, &due));
    for struck in join_all(runs).await {
        assert!(struck >= 2, "{operation:?}: {struck} calls were struck");
    }
}

#[tokio::test]
async fn an_order_that_rests_survives_any_failure() {
    every_call_may_fail(Operation::Ask).await;
    every_call_may_fail(Operation::Bid).await;
}

#[tokio::test]
async fn an_order_that_meets_another_survives_any_failure() {
    every_call_may_fail(Operation::SaleMeets).await;
    every_call_may_fail(Operation::PurchaseMeets).await;
    every_call_may_fail(Operation::BuyNow).await;
}

#[tokio::test]
async fn an_order_that_finds_an_old_bound_survives_any_failure() {
    every_call_may_fail(Operation::Tightens).await;
}

#[tokio::test]
async fn a_cancellation_survives_any_failure() {
    every_call_may_fail(Operation::Cancel).await;
}

#[tokio::test]
async fn the_sweep_survives_any_failure() {
    every_call_may_fail(Operation::Sweep).await;
}
