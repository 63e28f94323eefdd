//! F1: money set aside for other orders was out of a penalty's reach.

use serde_json::json;

use crate::tests::fixture::{Floor, PURSE};

/// A seller with nothing but an ask's deposit and two bids, and who fails with a counterfeit: 15 %,
/// of which the deposit is 10.
#[tokio::test]
async fn a_debtors_orders_end_and_what_they_held_is_collected() {
    let floor = Floor::open().await;
    let seller = floor.beggar().await;
    let buyer = floor.trader().await;
    floor.fund(seller.user.id, 1_000 + 5_150 + 4_120).await;
    floor.rest(&seller, "sell", 10_000).await;
    let bids = [floor.rest(&seller, "buy", 5_000).await, floor.rest(&seller, "buy", 4_000).await];
    let (_, trade) = floor.take(&buyer, "buy", 10_000).await;
    floor.run_until_idle().await;
    assert_eq!(floor.purse(&seller).await, (0, 1_000 + 5_150 + 4_120));
    floor.inspect(trade, &seller, "counterfeit").await;
    assert_eq!(floor.purse(&buyer).await, (PURSE + 1_000, 0), "what there is, at once");
    floor.run_until_idle().await;
    for bid in bids {
        assert_eq!(floor.state(bid).await, "cancelled");
    }
    floor.invoke("trade-collect-penalties", json!({})).await.unwrap();
    assert_eq!(floor.purse(&buyer).await, (PURSE + 1_500, 0));
    assert_eq!(floor.purse(&seller).await, (5_150 + 4_120 - 500, 0));
    // Nothing is owed any more.
    floor.rest(&seller, "buy", 5_000).await;
}
