use gateway::fake::ParcelStep;
use serde_json::{Value, json};

use crate::tests::fixture::{Market, cj, forwarding, sent};

fn notice() -> Value {
    json!({ "carrierId": "kr.cjlogistics", "trackingNumber": "688712345678" })
}

#[tokio::test]
async fn a_notice_at_its_parcels_address_is_followed() {
    let market = Market::shipped().await;
    let path = market.notice_path(&sent());
    assert!(market.notice(&path, notice()).await);
    market.run_until_idle().await;
    let more = json!({
        "carrierId": "kr.cjlogistics", "trackingNumber": "6887-1234-5678", "sentBy": "provider",
    });
    assert!(market.notice(&path, more).await, "the provider adds fields as it likes");
    market.run_until_idle().await;
    assert_eq!(market.parcels().calls("look-up"), 2);
}

/// Whoever is told of one parcel could make us ask for any, or a stranger for all.
#[tokio::test]
async fn a_notice_at_another_address_is_let_go() {
    let market = Market::graded("pass").await;
    market.centre("forward").json(forwarding()).send().await.expect(200);
    market.run_until_idle().await;
    let due = market.notice_path(&sent());
    let others = market.notice_path(&cj("688712345679"));
    let token = due.rsplit('/').next().unwrap();
    let at = |token: &str| due.replace(due.rsplit('/').next().unwrap(), token);
    for path in [
        others,
        at("0"),
        at(&"0".repeat(64)),
        at(&token[..63]),
        at(&format!("{token}0")),
        at(&token.to_uppercase()),
        at("%EA%B0%80"),
        at(&"f".repeat(4_000)),
    ] {
        assert!(!market.notice(&path, notice()).await, "{path}");
    }
    let unknown = json!({ "carrierId": "kr.cjlogistics", "trackingNumber": "0000000001" });
    assert!(!market.notice(&due, unknown).await);
    let hanjin = json!({ "carrierId": "kr.hanjin", "trackingNumber": "688712345678" });
    assert!(!market.notice(&due, hanjin).await);
    market.run_until_idle().await;
    assert_eq!(market.parcels().calls("look-up"), 0);
}

#[tokio::test]
async fn what_is_no_notice_is_refused() {
    let market = Market::shipped().await;
    let path = market.notice_path(&sent());
    for (body, pointer) in [
        (json!({}), "/carrierId"),
        (json!({ "carrierId": "kr.cjlogistics" }), "/trackingNumber"),
        (json!({ "carrierId": "us.ups", "trackingNumber": "688712345678" }), "/carrierId"),
        (json!({ "carrierId": "kr.cjlogistics", "trackingNumber": "1" }), "/trackingNumber"),
        (json!({ "carrierId": "kr.cjlogistics", "trackingNumber": 1 }), "/trackingNumber"),
        (json!({ "carrierId": null, "trackingNumber": "688712345678" }), "/carrierId"),
    ] {
        let reply = market.post(&path).json(body.clone()).send().await;
        let problem = reply.expect_problem(400, "invalid-request").json();
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }
    let broken = market.post(&path).header("content-type", "application/json").body("{");
    broken.send().await.expect_problem(400, "malformed-json");
}

#[tokio::test]
async fn the_address_is_in_no_log_line() {
    let market = Market::shipped().await;
    let path = market.notice_path(&sent());
    let token = path.rsplit('/').next().unwrap();
    assert!(market.notice(&path, notice()).await);
    market.carried(ParcelStep::PickUp).await;
    assert!(!serde_json::to_string(&market.log_lines()).unwrap().contains(token));
}
