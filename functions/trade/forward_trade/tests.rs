use domain::identity::Role;
use serde_json::json;

use crate::tests::fixture::{Market, inspector, match_id, person, shipment};

#[tokio::test]
async fn the_centre_sends_on_what_passed() {
    let market = Market::at_centre().await;
    let early = market.centre("forward").json(shipment()).send().await;
    early.expect_problem(409, "wrong-trade-state");
    let market = Market::graded("pass").await;
    let parcel = json!({ "carrier": "우체국", "trackingNumber": "1-2" });
    let view = market.centre("forward").json(parcel.clone()).send().await.expect(200).json();
    assert_eq!((view["state"].clone(), view["forwarding"].clone()), (json!("forwarding"), parcel));
    assert_eq!(view["shipment"], shipment());
    assert_eq!(view["address"]["postcode"], "06236");
    let again = market.centre("forward").json(shipment()).send().await;
    again.expect_problem(409, "wrong-trade-state");
    market.centre("deliver").send().await.expect(200);
}

#[tokio::test]
async fn goods_that_wait_for_consent_stay() {
    let market = Market::graded("pass_at_95").await;
    let early = market.centre("forward").json(shipment()).send().await;
    early.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn refuses_others_and_bad_numbers() {
    let market = Market::graded("pass").await;
    for who in [&market.buyer, &market.seller, &person(&market, 1)] {
        let reply = market.ask(match_id(), "forward", who).json(shipment()).send().await;
        reply.expect_problem(403, "forbidden");
    }
    let path = format!("/v1/trades/{}/forward", match_id());
    for party in [market.buyer.id, market.seller.id] {
        let token = market.token(party, &[Role::User, Role::Inspector]);
        let reply = market.post(&path).bearer(&token).key("k").json(shipment()).send().await;
        reply.expect_problem(403, "forbidden");
    }
    let bad = [
        json!({}),
        json!({ "carrier": "CJ" }),
        json!({ "carrier": " ", "trackingNumber": "1" }),
        json!({ "carrier": "CJ", "trackingNumber": "1 2" }),
        json!({ "carrier": "CJ", "trackingNumber": "1".repeat(41) }),
        json!({ "carrier": "CJ", "trackingNumber": "1", "state": "delivered" }),
    ];
    for body in bad {
        let reply = market.centre("forward").json(body).send().await;
        reply.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn a_key_belongs_to_one_parcel() {
    let market = Market::graded("pass").await;
    let token = market.token(inspector(), &[Role::User, Role::Inspector]);
    let path = format!("/v1/trades/{}/forward", match_id());
    let send = |number: &str| {
        let body = json!({ "carrier": "CJ", "trackingNumber": number });
        market.post(&path).bearer(&token).key("k").json(body).send()
    };
    let first = send("1").await.expect(200);
    let again = send("1").await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.text(), again.text());
    send("2").await.expect_problem(422, "idempotency-key-reused");
}
