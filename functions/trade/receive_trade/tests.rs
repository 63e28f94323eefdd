use domain::identity::Role;
use serde_json::json;

use crate::tests::fixture::{Market, inspector, match_id, person, trade_id};

#[tokio::test]
async fn the_centre_receives_what_is_on_its_way() {
    let market = Market::matched().await;
    market.run_until_idle().await;
    market.centre("receive").send().await.expect_problem(409, "wrong-trade-state");
    let market = Market::to_centre().await;
    let reply = market.centre("receive").send().await.expect(200).json();
    assert_eq!(
        (reply["state"].clone(), reply["role"].clone()),
        (json!("inspecting"), json!("inspector"))
    );
    assert_eq!(reply["deadline"], json!(null));
    let last = &reply["history"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["by"], "inspector");
    market.centre("receive").send().await.expect_problem(409, "wrong-trade-state");
}

#[tokio::test]
async fn nobody_else_receives() {
    let market = Market::to_centre().await;
    for who in [&market.buyer, &market.seller, &person(&market, 1)] {
        let reply = market.ask(match_id(), "receive", who).send().await;
        reply.expect_problem(403, "forbidden");
    }
    let path = format!("/v1/trades/{}/receive", match_id());
    let admin = market.post(&path).bearer(&market.admin().token).key("a").send().await;
    admin.expect_problem(403, "forbidden");
    let nobody = market.post(&path).key("a").send().await;
    nobody.expect_problem(401, "unauthenticated");
    // An inspector who sells or buys is the seller or buyer here, and nothing else.
    for party in [market.buyer.id, market.seller.id] {
        let token = market.token(party, &[Role::User, Role::Inspector, Role::Admin]);
        let reply = market.post(&path).bearer(&token).key("a").send().await;
        reply.expect_problem(403, "forbidden");
    }
    // Somebody who is an admin, too, is an inspector all the same.
    let both = market.token(inspector(), &[Role::User, Role::Admin, Role::Inspector]);
    let reply = market.post(&path).bearer(&both).key("a").send().await.expect(200).json();
    assert_eq!(reply["role"], "inspector");
}

#[tokio::test]
async fn needs_a_key_and_answers_its_repetition_alike() {
    let market = Market::to_centre().await;
    let token = market.token(inspector(), &[Role::User, Role::Inspector]);
    let path = format!("/v1/trades/{}/receive", match_id());
    let keyless = market.post(&path).bearer(&token).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    let first = market.post(&path).bearer(&token).key("k").send().await.expect(200);
    let again = market.post(&path).bearer(&token).key("k").send().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.text(), again.text());
    let other = market.post(&path).bearer(&token).key("k").json(json!({})).send().await;
    other.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn a_direct_sale_is_not_the_centres() {
    let market = Market::shipped().await;
    let path = format!("/v1/trades/{}/receive", trade_id());
    let token = market.token(inspector(), &[Role::User, Role::Inspector]);
    let reply = market.post(&path).bearer(&token).key("a").send().await;
    reply.expect_problem(404, "trade-not-found");
    let both = market.token(inspector(), &[Role::User, Role::Admin, Role::Inspector]);
    let reply = market.post(&path).bearer(&both).key("a").send().await;
    reply.expect_problem(403, "forbidden");
}
