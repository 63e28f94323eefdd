use serde_json::json;

use crate::tests::fixture::{Market, person, shipment, trade_id};

#[tokio::test]
async fn the_seller_ships_what_is_paid() {
    let market = Market::won().await;
    market.ship().await.expect_problem(409, "wrong-trade-state");
    market.pay().await.expect(200);
    let reply = market.ship().await.expect(200).json();
    assert_eq!(reply["state"], "in_transit");
    assert_eq!(reply["shipment"], shipment());
    assert_eq!(reply["deadline"], json!(null));
    assert_eq!(reply["sellerFee"], 5_000);
    let again = market.ship().await.expect_problem(409, "wrong-trade-state").json();
    assert_eq!(again["state"], "in_transit");
}

#[tokio::test]
async fn refuses_others_and_bad_numbers() {
    let market = Market::paid().await;
    for (who, status, code) in
        [(&market.buyer, 403, "forbidden"), (&person(&market, 1), 404, "trade-not-found")]
    {
        let reply = market.ask(trade_id(), "ship", who).json(shipment()).send().await;
        reply.expect_problem(status, code);
    }
    let bad = [
        json!({}),
        json!({ "carrier": "CJ" }),
        json!({ "carrier": "", "trackingNumber": "1" }),
        json!({ "carrier": "C\nJ", "trackingNumber": "1" }),
        json!({ "carrier": "가".repeat(41), "trackingNumber": "1" }),
        json!({ "carrier": "CJ", "trackingNumber": "" }),
        json!({ "carrier": "CJ", "trackingNumber": "1 2" }),
        json!({ "carrier": "CJ", "trackingNumber": "1".repeat(41) }),
        json!({ "carrier": "CJ", "trackingNumber": 1 }),
        json!({ "carrier": "CJ", "trackingNumber": "1", "sellerId": "x" }),
    ];
    for body in bad {
        let reply = market.ask(trade_id(), "ship", &market.seller).json(body).send().await;
        reply.expect_problem(400, "invalid-request");
    }
}
