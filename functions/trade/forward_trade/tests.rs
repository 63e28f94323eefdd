use domain::identity::Role;
use serde_json::json;

use crate::{
    ship_trade::tests::bad_parcels,
    tests::fixture::{Market, forwarding, inspector, match_id, parcel, person, shipment},
};

#[tokio::test]
async fn the_centre_sends_on_what_passed() {
    let market = Market::at_centre().await;
    let early = market.centre("forward").json(shipment()).send().await;
    early.expect_problem(409, "wrong-trade-state");
    let market = Market::graded("pass").await;
    let view = market.centre("forward").json(forwarding()).send().await.expect(200).json();
    assert_eq!(view["state"], "forwarding");
    for (parcel, sent) in [("forwarding", forwarding()), ("shipment", shipment())] {
        assert_eq!(view[parcel]["carrier"], sent["carrier"]);
        assert_eq!(view[parcel]["trackingNumber"], sent["trackingNumber"]);
        assert_eq!(view[parcel]["scannedAt"], json!(null));
    }
    assert_eq!(view["address"]["postcode"], "06236");
    let other = json!({ "carrier": "kr.epost", "trackingNumber": "6890012345678" });
    let again = market.centre("forward").json(other).send().await;
    again.expect_problem(409, "wrong-trade-state");
    market.arrive_from_centre().await;
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
    for (body, pointer) in bad_parcels() {
        let problem = market.centre("forward").json(body.clone()).send().await;
        let problem = problem.expect_problem(400, "invalid-request").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    assert_eq!(market.trade(match_id()).await.forwarding, None);
}

/// The carrier's word on the parcel to the centre would count as the buyer's.
#[tokio::test]
async fn the_parcel_to_the_centre_is_not_the_one_from_it() {
    let market = Market::graded("pass").await;
    let same = market.centre("forward").json(shipment()).send().await;
    same.expect_problem(409, "tracking-number-used");
    assert_eq!(market.trade(match_id()).await.forwarding, None);
    market.centre("forward").json(forwarding()).send().await.expect(200);
}

#[tokio::test]
async fn a_key_belongs_to_one_parcel() {
    let market = Market::graded("pass").await;
    let token = market.token(inspector(), &[Role::User, Role::Inspector]);
    let path = format!("/v1/trades/{}/forward", match_id());
    let send =
        |number: &str| market.post(&path).bearer(&token).key("k").json(parcel(number)).send();
    let first = send("688712345679").await.expect(200);
    let again = send("688712345679").await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.text(), again.text());
    send("688712345670").await.expect_problem(422, "idempotency-key-reused");
}
