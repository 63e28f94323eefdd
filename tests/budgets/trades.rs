//! A direct sale, from the agreement to every end it can take.

use domain::identity::Role;
use gateway::fake::ParcelStep;
use kernel::{Span, UserId};
use serde_json::{Value, json};

use super::{book::Book, fixture::Stage};
use crate::support::parcel;

pub const PRICE: i64 = 50_000;

/// A sale at [`PRICE`] that awaits its payment: its path, seller and buyer.
pub async fn bought(stage: &mut Stage) -> (String, UserId, UserId) {
    let (seller, buyer) = (stage.member("seller").await, stage.member("buyer").await);
    let path = buy(stage, seller, buyer).await;
    (path, seller, buyer)
}

pub async fn buy(stage: &mut Stage, seller: UserId, buyer: UserId) -> String {
    buy_at(stage, seller, buyer, PRICE).await
}

pub async fn buy_at(stage: &mut Stage, seller: UserId, buyer: UserId, price: i64) -> String {
    let offer = json!({
        "title": "필름 카메라", "startPrice": price / 5, "buyNowPrice": price,
        "durationSeconds": 600,
    });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    let path = format!("/v1/auctions/{}/buy-now", created["id"].as_str().unwrap());
    stage.ask("201", stage.post(buyer, &path, json!({}))).await;
    newest(stage, buyer).await
}

/// The path of the newest trade of a buyer.
async fn newest(stage: &mut Stage, buyer: UserId) -> String {
    let trades = stage.ask("200", stage.get(buyer, "/v1/trades?role=buyer")).await.json();
    format!("/v1/trades/{}", trades["items"][0]["id"].as_str().unwrap())
}

pub async fn address(stage: &mut Stage, of: UserId) -> Value {
    let body = json!({
        "recipient": "김민지", "phone": "01022223333", "postcode": "06236",
        "line1": "서울 강남구 테헤란로 152",
    });
    let reply = stage.ask("201", stage.post(of, "/v1/me/addresses", body)).await;
    reply.json()["id"].clone()
}

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let (trade, seller, buyer) = bought(&mut stage).await;
    let with = json!({ "addressId": address(&mut stage, buyer).await });
    let path = format!("{trade}/pay");
    let request = stage.post(buyer, &path, with.clone());
    stage.ask("409 insufficient-balance", request).await;
    stage.fund(buyer, 3 * PRICE).await;
    for outcome in ["200", "200 repeated"] {
        let request = stage.post_with("k", &[Role::User], buyer, &path, with.clone());
        stage.ask(outcome, request).await;
    }
    stage.ask("200", stage.get(buyer, &trade)).await;
    let sent = parcel();
    let request = stage.post(seller, &format!("{trade}/ship"), sent.clone());
    stage.ask("200", request).await;
    scanned(&mut stage, &sent).await;
    let steps = [
        ("409 wrong-trade-state", seller, "ship", sent.clone()),
        ("200", seller, "deliver", json!({})),
        ("200", buyer, "confirm", json!({})),
    ];
    for (outcome, who, verb, body) in steps {
        let request = stage.post(who, &format!("{trade}/{verb}"), body);
        stage.ask(outcome, request).await;
    }

    // Paid and taken back: refund and penalty.
    let trade = buy(&mut stage, seller, buyer).await;
    let request = stage.post(buyer, &format!("{trade}/pay"), with.clone());
    stage.ask("200", request).await;
    let request = stage.post(seller, &format!("{trade}/ship"), sent);
    stage.ask("409 tracking-number-used", request).await;
    let request = stage.post(seller, &format!("{trade}/cancel"), json!({ "reason": "변심" }));
    stage.ask("200 of a paid trade", request).await;

    // The same of a seller who has nothing; what comes in later is the buyer's.
    let poor = stage.member("poor").await;
    let trade = buy(&mut stage, poor, buyer).await;
    let request = stage.post(buyer, &format!("{trade}/pay"), with.clone());
    stage.ask("200", request).await;
    let request = stage.post(poor, &format!("{trade}/cancel"), json!({ "reason": "변심" }));
    stage.ask("200 of a paid trade, owed for", request).await;
    stage.fund(poor, PRICE).await;
    stage.run_after(Span::minutes(1), "trade-collect-penalties").await;

    // Paid and never shipped, though the seller was reminded.
    let trade = buy(&mut stage, seller, buyer).await;
    let request = stage.post(buyer, &format!("{trade}/pay"), with);
    stage.ask("200", request).await;
    stage.run_after(Span::hours(36), "trade-sweep-due-trades").await;
    stage.run_after(Span::hours(12), "trade-sweep-due-trades").await;
    offered_and_declined(&mut stage, seller, buyer).await;
    stage.end()
}

/// The carrier has the parcel; a stranger says so, too.
async fn scanned(stage: &mut Stage, parcel: &Value) {
    let text = |name: &str| parcel[name].as_str().unwrap();
    stage.app.parcels().step(text("carrier"), text("trackingNumber"), ParcelStep::PickUp);
    let notices = stage.app.parcels().take_notices();
    let body =
        json!({ "carrierId": parcel["carrier"], "trackingNumber": parcel["trackingNumber"] });
    let (_, path) = notices[0].url.split_once(":3000").unwrap();
    let request = stage.app.post(path).json(body.clone());
    stage.ask("202", request).await;
    let request = stage.app.post("/v1/webhooks/carrier/nobody").json(body);
    stage.ask("202 let go", request).await;
}

/// The winner withdraws, the next bidder does not want it.
async fn offered_and_declined(stage: &mut Stage, seller: UserId, winner: UserId) {
    let other = stage.member("other").await;
    let offer = json!({ "title": "필름 카메라", "startPrice": 10_000, "durationSeconds": 600 });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    let path = format!("/v1/auctions/{}/bids", created["id"].as_str().unwrap());
    for (who, amount) in [(other, 20_000), (winner, 30_000)] {
        let request = stage.post(who, &path, json!({ "amount": amount }));
        stage.ask("201 leading", request).await;
    }
    stage.advance(Span::minutes(12)).await;
    let trade = newest(stage, winner).await;
    let request = stage.post(winner, &format!("{trade}/cancel"), json!({ "reason": "변심" }));
    stage.ask("200 of an unpaid trade", request).await;
    let offer = newest(stage, other).await;
    let request = stage.post(other, &format!("{offer}/decline"), json!({}));
    stage.ask("200", request).await;
}
