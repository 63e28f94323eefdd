//! Money from providers and back to them.

use domain::identity::Role;
use kernel::{Span, UserId};
use serde_json::{Value, json};

use super::{book::Book, fixture::Stage, trades};

async fn begin(stage: &mut Stage, who: UserId, provider: &str) -> (String, String) {
    let body = json!({ "amount": 30_000, "provider": provider });
    let begun = stage.ask("201", stage.post(who, "/v1/wallet/top-ups", body)).await.json();
    named(&begun)
}

/// The path of a payment, and the order's name at its provider.
fn named(begun: &Value) -> (String, String) {
    let path = format!("/v1/payments/{}", begun["payment"]["id"].as_str().unwrap());
    (path, begun["orderId"].as_str().unwrap().to_owned())
}

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let anna = stage.member("anna").await;
    let (path, order) = begin(&mut stage, anna, "toss").await;
    let key = stage.providers.providers.toss_pay(&order, 30_000);
    let agreed = json!({ "paymentKey": key, "amount": 30_000 });
    let confirm = format!("{path}/confirm");
    for outcome in ["200", "200 repeated"] {
        let request = stage.post_with("k", &[Role::User], anna, &confirm, agreed.clone());
        stage.ask(outcome, request).await;
    }
    let notice = json!({ "eventType": "PAYMENT_STATUS_CHANGED", "data": { "orderId": order } });
    let request = stage.app.post("/v1/webhooks/toss").json(notice);
    stage.ask("200", request).await;
    stage.ask("200", stage.get(anna, &path)).await;
    stage.ask("200", stage.get(anna, "/v1/payments")).await;
    let back = json!({ "amount": 10_000, "reason": "충전 취소" });
    let cancel = format!("{path}/cancel");
    stage.ask("200", stage.post(anna, &cancel, back)).await;

    let (path, order) = begin(&mut stage, anna, "kakaopay").await;
    let agreed = json!({ "pgToken": stage.providers.providers.kakao_pay(&order).unwrap() });
    let request = stage.post(anna, &format!("{path}/confirm"), agreed);
    stage.ask("200", request).await;

    let (trade, seller, buyer) = trades::bought(&mut stage).await;
    let address = trades::address(&mut stage, buyer).await;
    let body = json!({ "provider": "toss", "addressId": address });
    let request = stage.post(buyer, &format!("{trade}/payments"), body);
    let begun = stage.ask("201", request).await.json();
    let (path, order) = named(&begun);
    let key = stage.providers.providers.toss_pay(&order, trades::PRICE);
    let agreed = json!({ "paymentKey": key, "amount": trades::PRICE });
    let request = stage.post(buyer, &format!("{path}/confirm"), agreed);
    stage.ask("200 of a trade", request).await;

    // What the provider took goes back to it.
    let why = json!({ "reason": "변심" });
    let cancel = format!("{trade}/cancel");
    stage.ask_post("200 of a trade that a provider was paid for", seller, &cancel, why).await;
    stage.name_runs(&[("payment-resolve-payments", "done refunded")]);
    stage.run_after(Span::minutes(1), "payment-resolve-payments").await;
    stage.end()
}
