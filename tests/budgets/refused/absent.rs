//! Ids that nothing has, and cursors that no list gave.

use domain::identity::Role;
use kernel::UserId;
use serde_json::{Value, json};
use testkit::RequestBuilder;

use crate::{
    budgets::{book::Book, fixture::Stage},
    support::{NO_ID, filled, needed, openapi, operation, parcel, routes},
};

const ALL: &[Role] = &[Role::User, Role::Inspector, Role::Admin];

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let anna = stage.member("anna").await;
    for (outcome, method, path, body) in things() {
        let request = sent(&stage, anna, method, &path.replace('*', NO_ID));
        let request = if body.is_null() { request } else { request.json(body) };
        stage.ask(outcome, request).await;
    }
    let nobody = stage.app.signed_in("nobody");
    for (method, body) in [("GET", Value::Null), ("PATCH", json!({ "nickname": "anne" }))] {
        let request = RequestBuilder::new(stage.app.router(), method, "/v1/me");
        let request = request.bearer(&nobody.token);
        let request = if body.is_null() { request } else { request.json(body) };
        stage.ask("404 user-not-found", request).await;
    }
    forged(&mut stage, anna).await;
    stage.end()
}

fn sent(stage: &Stage, who: UserId, method: &str, path: &str) -> RequestBuilder {
    let token = stage.app.token(who, ALL);
    let request = RequestBuilder::new(stage.app.router(), method, path).bearer(&token);
    if method == "POST" { request.key(&stage.fresh()) } else { request }
}

/// `*` is an id that nothing has.
fn things() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let (none, empty) = (Value::Null, json!({}));
    let reason = json!({ "reason": "변심" });
    let graded = json!({
        "grade": "pass", "checklistVersion": 3, "photos": ["inspection/front.jpg"], "notes": "없음",
    });
    let account = json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라" });
    let complaint = json!({ "complaint": "other", "text": "상자가 비어 있습니다" });
    let said = json!({ "text": "봉인한 사진이 있습니다" });
    let ruling = json!({ "verdict": "complete", "reason": "사진과 같습니다" });
    let (no_auction, no_trade) = ("404 auction-not-found", "404 trade-not-found");
    let no_payment = "404 payment-not-found";
    vec![
        (no_auction, "GET", "/v1/auctions/*", none.clone()),
        (no_auction, "GET", "/v1/auctions/*/bids", none.clone()),
        (no_auction, "GET", "/v1/auctions/*/ledger", none.clone()),
        (no_auction, "GET", "/v1/auctions/*/price", none.clone()),
        (no_auction, "GET", "/v1/auctions/*/stream", none.clone()),
        (no_auction, "GET", "/v1/auctions/*/bids/*/receipt", none.clone()),
        (no_auction, "POST", "/v1/auctions/*/bids", json!({ "amount": 1_000 })),
        (no_auction, "POST", "/v1/auctions/*/bids/*/void", empty.clone()),
        (no_auction, "POST", "/v1/auctions/*/buy-now", empty.clone()),
        (no_auction, "POST", "/v1/auctions/*/cancel", reason.clone()),
        ("404 not-traded", "GET", "/v1/catalog/*/options/270/chart.svg", none.clone()),
        ("404 not-traded", "GET", "/v1/catalog/*/options/270/depth?side=sell", none.clone()),
        ("404 not-traded", "GET", "/v1/catalog/*/options/270/history", none.clone()),
        ("404 catalog-item-not-found", "PATCH", "/v1/catalog/*", json!({ "nameKo": "신발" })),
        ("404 catalog-item-not-found", "PUT", "/v1/catalog/*/tags/x", none.clone()),
        ("404 catalog-item-not-found", "DELETE", "/v1/catalog/*/tags/x", none.clone()),
        ("404 order-not-found", "POST", "/v1/exchange/orders/*/cancel", empty.clone()),
        ("404 user-not-found", "GET", "/v1/users/*", none.clone()),
        ("404 user-not-found", "PUT", "/v1/users/*/roles", json!({ "roles": ["user"] })),
        ("404 user-not-found", "GET", "/v1/admin/users/*/audit", none.clone()),
        (no_payment, "GET", "/v1/payments/*", none.clone()),
        (no_payment, "POST", "/v1/payments/*/cancel", reason.clone()),
        (no_payment, "POST", "/v1/payments/*/confirm", json!({ "paymentKey": "k" })),
        (no_trade, "GET", "/v1/trades/*", none.clone()),
        (no_trade, "POST", "/v1/trades/*/cancel", reason.clone()),
        (no_trade, "POST", "/v1/trades/*/confirm", empty.clone()),
        (no_trade, "POST", "/v1/trades/*/consent", empty.clone()),
        (no_trade, "POST", "/v1/trades/*/consent-refusal", empty.clone()),
        (no_trade, "POST", "/v1/trades/*/decline", empty.clone()),
        (no_trade, "POST", "/v1/trades/*/deliver", reason.clone()),
        (no_trade, "GET", "/v1/trades/*/handover-code", none.clone()),
        (no_trade, "POST", "/v1/trades/*/handover-code/renew", empty.clone()),
        (no_trade, "POST", "/v1/trades/*/hand-over", json!({ "code": "123456" })),
        (no_trade, "GET", "/v1/trades/*/dispute", none.clone()),
        (no_trade, "POST", "/v1/trades/*/dispute", complaint),
        (no_trade, "POST", "/v1/trades/*/dispute/statements", said.clone()),
        (no_trade, "POST", "/v1/trades/*/dispute/refund-offers", json!({ "amount": 1 })),
        (no_trade, "POST", "/v1/trades/*/dispute/refund", json!({ "amount": 1 })),
        (no_trade, "POST", "/v1/trades/*/dispute/ruling", ruling),
        (no_trade, "POST", "/v1/trades/*/send-back", parcel()),
        (no_trade, "POST", "/v1/trades/*/objection", said),
        (no_trade, "POST", "/v1/trades/*/receive", empty),
        (no_trade, "POST", "/v1/trades/*/ship", parcel()),
        (no_trade, "POST", "/v1/trades/*/forward", parcel()),
        (no_trade, "POST", "/v1/trades/*/inspection", graded),
        (no_trade, "POST", "/v1/trades/*/pay", json!({ "addressId": NO_ID })),
        (
            no_trade,
            "POST",
            "/v1/trades/*/payments",
            json!({ "provider": "toss", "addressId": NO_ID }),
        ),
        ("404 payout-account-not-found", "GET", "/v1/me/payout-account", none.clone()),
        ("404 payout-account-not-found", "PUT", "/v1/me/payout-account", account),
        ("404 withdrawal-not-found", "GET", "/v1/wallet/withdrawals/*", none),
        (
            "409 payout-account-required",
            "POST",
            "/v1/wallet/withdrawals",
            json!({ "amount": 1_000 }),
        ),
    ]
}

/// Every list that takes a cursor.
async fn forged(stage: &mut Stage, anna: UserId) {
    let document = openapi();
    for (_, http) in routes() {
        let takes = operation(&document, http)["parameters"].as_array().cloned();
        if !takes.unwrap_or_default().iter().any(|it| it["name"] == "cursor") {
            continue;
        }
        let path = format!("{}?{}cursor=forged", filled(http.path, NO_ID), needed(http.path));
        let path = path.replace(&format!("options/{NO_ID}"), "options/270");
        let request = sent(stage, anna, "GET", &path);
        stage.ask("400 invalid-cursor", request).await;
    }
}
