//! The charge with one call to our tables failing, before or after it took effect, then delivered
//! again as the queue would: the same end as without the failure.

use events::{PaymentDone, TradeCancelled};
use futures::future::join_all;
use kernel::Span;
use local::{Fault, FaultKind};

use crate::tests::fixture::Market;

/// More calls than a charge makes.
const CALLS_MAX: u32 = 40;

/// Answers how many calls could be made to fail.
async fn fail_each_call(auth_key: &str, kind: FaultKind, depth: u32) -> u32 {
    for nth in 1..=CALLS_MAX {
        let market = Market::start().await;
        market.expect_failures();
        let trade = market.by_card(market.card(auth_key).await).await;
        market.call(trade).await;
        for _ in 0..depth {
            market.cloud.faults().push(Fault::next("dynamodb:*", kind).nth(nth));
        }
        market.run_until_idle().await;
        let over = market.cloud.faults().injected().is_empty();
        market.cloud.faults().clear();
        market.advance(Span::minutes(9)).await;
        let case = format!("{auth_key}, {kind:?} ×{depth} at call {nth}");
        let paid = market.told::<PaymentDone>().await.len();
        let cancelled = market.told::<TradeCancelled>().await.len();
        let taken = market.providers().taken();
        let end = (market.trade_state(trade).await, taken > 0, paid, cancelled);
        match auth_key.starts_with("card-ok") {
            true => assert_eq!(end, ("awaiting_shipment", true, 1, 0), "{case}"),
            false => assert_eq!(end, ("cancelled", false, 0, 1), "{case}"),
        }
        assert_eq!(market.charges(trade).await.len(), 1, "{case}");
        if over {
            return nth - 1;
        }
    }
    CALLS_MAX
}

async fn every_call_may_fail(auth_key: &str) {
    let kinds = [FaultKind::TimeoutBefore, FaultKind::TimeoutAfter, FaultKind::Throttle];
    // Once, which the client's own repetitions hide; and longer than their patience.
    let runs = kinds.into_iter().flat_map(|kind| [(kind, 1), (kind, 30)]);
    let runs = runs.map(|(kind, depth)| fail_each_call(auth_key, kind, depth));
    for struck in join_all(runs).await {
        assert!(struck >= 5, "{struck} calls were struck");
    }
}

#[tokio::test]
async fn a_charge_survives_any_failure() {
    every_call_may_fail("card-ok-1").await;
}

#[tokio::test]
async fn a_refusal_survives_any_failure() {
    every_call_may_fail("card-stopped-1").await;
}
