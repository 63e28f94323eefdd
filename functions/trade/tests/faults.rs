//! Every operation that moves money, with one call failing, before or after it took effect, then
//! repeated as its caller would: the same end as without the failure.

use domain::identity::Role;
use futures::future::join_all;
use gateway::fake::ParcelStep;
use kernel::{Span, TradeId};
use local::{Fault, FaultKind};
use serde_json::{Value, json};
use store::trade::LISTS;
use testkit::Reply;

use crate::tests::fixture::{
    HELD, Market, PRICE, TOTAL, inspection, inspector, match_id, trade_id,
};

/// Where the trade and all the money are.
type End = (&'static str, i64, (i64, i64), (i64, i64));

/// Nothing happened; it happened and nobody was told.
const KINDS: &[FaultKind] = &[FaultKind::TimeoutBefore, FaultKind::TimeoutAfter];
/// More calls than any of the operations makes.
const CALLS_MAX: u32 = 40;

fn trade_of(operation: &str) -> TradeId {
    if matches!(operation, "capture" | "inspection") { match_id() } else { trade_id() }
}

async fn end(market: &Market, trade: TradeId) -> End {
    let (buyer, seller) = (market.buyer.id, market.seller.id);
    let escrow = market.escrow(trade).await;
    (market.state(trade).await, escrow, market.purse(buyer).await, market.purse(seller).await)
}

/// Sends the same request until it is answered for good.
async fn insist(market: &Market, verb: &str, body: &Value) -> Reply {
    let token = match verb {
        "pay" | "confirm" => market.token_of(&market.buyer),
        "inspection" => market.token(inspector(), &[Role::User, Role::Inspector]),
        _ => market.token_of(&market.seller),
    };
    for _ in 0..5 {
        let request = market.post(&format!("/v1/trades/{}/{verb}", trade_of(verb))).key("same");
        let reply = request.bearer(&token).json(body.clone()).send().await;
        if reply.status() < 500 {
            return reply;
        }
    }
    panic!("{verb} fails at every attempt");
}

/// Lets workers try again what failed.
async fn recover(market: &Market) {
    for _ in 0..4 {
        market.run_until_idle().await;
        market.clock.advance(Span::minutes(6));
        let _ = market.invoke("operation-sweep-outbox", json!({})).await;
    }
    market.run_until_idle().await;
}

async fn start(operation: &str) -> Market {
    match operation {
        "pay" => Market::won().await,
        "cancel" | "missed" => Market::paid().await,
        "capture" => Market::matched().await,
        "inspection" => Market::at_centre().await,
        "lost" => Market::shipped().await,
        _ => {
            let market = Market::shipped().await;
            market.carried(ParcelStep::PickUp).await;
            market
        }
    }
}

async fn run(market: &Market, operation: &str) {
    match operation {
        "missed" => {
            for _ in 0..3 {
                let _ = market.invoke("trade-sweep-due-trades", json!({})).await;
                market.clock.advance(Span::minutes(1));
            }
        }
        "pay" => {
            let rows = market.store().addresses(market.buyer.id, 1, None).await;
            let address = match rows.ok().and_then(|page| page.items.first().map(|row| row.id)) {
                Some(address) => address,
                None => market.address(market.buyer.id).await,
            };
            insist(market, "pay", &json!({ "addressId": address })).await.expect(200);
        }
        "lost" => {
            for step in [ParcelStep::PickUp, ParcelStep::Lose] {
                market.parcels().step("kr.cjlogistics", "688712345678", step);
            }
            let _unsent = market.parcels().take_notices();
            // Every list comes twice.
            for _ in 0..2 * LISTS {
                let _ = market.invoke("trade-sweep-parcels", json!({})).await;
                market.clock.advance(Span::hours(1));
            }
        }
        // The outbox holds what starts it.
        "capture" => {}
        "inspection" => {
            insist(market, "inspection", &inspection("mismatch")).await.expect(200);
        }
        "cancel" => {
            insist(market, "cancel", &json!({ "reason": "변심" })).await.expect(200);
        }
        _ => {
            insist(market, "confirm", &json!({})).await.expect(200);
        }
    }
    recover(market).await;
}

async fn every_call_may_fail(operation: &str, due: End) {
    let runs = KINDS.iter().map(|kind| fail_each_call(operation, *kind, due));
    for struck in join_all(runs).await {
        assert!(struck >= 3, "{struck} faults struck");
    }
}

/// Answers how many calls could be made to fail.
async fn fail_each_call(operation: &str, kind: FaultKind, due: End) -> u32 {
    for nth in 1..=CALLS_MAX {
        let market = start(operation).await;
        market.expect_failures();
        if operation == "pay" {
            market.address(market.buyer.id).await;
        }
        if operation == "missed" {
            market.clock.advance(Span::hours(48));
        }
        // Four times in a row, or the client's own repetitions would hide it.
        for _ in 0..4 {
            market.cloud.faults().push(Fault::next("dynamodb:*", kind).nth(nth));
        }
        run(&market, operation).await;
        let over = !market.cloud.faults().pending().is_empty();
        market.cloud.faults().clear();
        assert_eq!(
            end(&market, trade_of(operation)).await,
            due,
            "{operation}, {kind:?} at call {nth}"
        );
        if over {
            return nth - 1;
        }
    }
    CALLS_MAX
}

#[tokio::test]
async fn paying_survives_any_failure() {
    every_call_may_fail("pay", ("awaiting_shipment", PRICE, (PRICE, 0), (0, 0))).await;
}

#[tokio::test]
async fn refund_and_penalty_survive_any_failure() {
    let penalty = PRICE / 20;
    let due = ("cancelled", 0, (2 * PRICE, 0), (0, -penalty));
    every_call_may_fail("cancel", due).await;
}

#[tokio::test]
async fn the_settlement_survives_any_failure() {
    every_call_may_fail("confirm", ("completed", 0, (PRICE, 0), (PRICE - PRICE / 20, 0))).await;
}

#[tokio::test]
async fn a_missed_shipment_survives_any_failure() {
    let penalty = PRICE / 10;
    let due = ("cancelled", 0, (2 * PRICE, 0), (0, -penalty));
    every_call_may_fail("missed", due).await;
}

#[tokio::test]
async fn what_a_carrier_lost_survives_any_failure() {
    every_call_may_fail("lost", ("cancelled", 0, (2 * PRICE, 0), (0, 0))).await;
}

#[tokio::test]
async fn the_capture_of_a_match_survives_any_failure() {
    let due = ("awaiting_shipment", TOTAL, (2 * PRICE - TOTAL, 0), (0, 0));
    every_call_may_fail("capture", due).await;
    const { assert!(HELD > TOTAL, "or the rest of the hold was not looked at") };
}

#[tokio::test]
async fn a_failed_inspection_survives_any_failure() {
    let penalty = PRICE / 10;
    let due = ("cancelled", 0, (2 * PRICE, 0), (0, -penalty));
    every_call_may_fail("inspection", due).await;
}
