//! Payments that are not begun, not confirmed or not given back, and cards that stay as they are.

use domain::identity::Role;
use gateway::fake::FaultKind;
use kernel::{Span, UserId, Won};
use serde_json::{Value, json};

use super::wallets::owes;
use crate::budgets::{
    book::Book,
    fixture::Stage,
    trades::{PRICE, address, bought, buy_at},
};

const TOP_UPS: &str = "/v1/wallet/top-ups";
const AMOUNT: i64 = 30_000;

pub async fn story() -> Book {
    let mut stage = Stage::failing().await;
    not_begun(&mut stage).await;
    not_confirmed(&mut stage).await;
    not_confirmed_for_a_trade(&mut stage).await;
    not_given_back(&mut stage).await;
    cards(&mut stage).await;
    stage.end()
}

/// A payment of somebody.
struct Begun {
    who: UserId,
    path: String,
    /// What its payer comes back with.
    agreed: Value,
    /// How much of it is asked back.
    back: i64,
}

async fn begun(stage: &mut Stage, who: UserId) -> Begun {
    let body = json!({ "amount": AMOUNT, "provider": "toss" });
    let view = stage.ask("201", stage.post(who, TOP_UPS, body)).await.json();
    Begun { who, path: path_of(&view), agreed: agreed(stage, &view, AMOUNT), back: AMOUNT }
}

fn path_of(view: &Value) -> String {
    format!("/v1/payments/{}", view["payment"]["id"].as_str().unwrap())
}

fn agreed(stage: &Stage, view: &Value, amount: i64) -> Value {
    let key = stage.providers.providers.toss_pay(view["orderId"].as_str().unwrap(), amount);
    json!({ "paymentKey": key, "amount": amount })
}

async fn confirm(stage: &mut Stage, outcome: &str, key: &str, begun: &Begun) {
    let path = format!("{}/confirm", begun.path);
    let request = stage.post_with(key, &[Role::User], begun.who, &path, begun.agreed.clone());
    stage.ask(outcome, request).await;
}

async fn cancel(stage: &mut Stage, outcome: &str, key: &str, begun: &Begun) {
    let path = format!("{}/cancel", begun.path);
    let body = json!({ "amount": begun.back, "reason": "변심" });
    let request = stage.post_with(key, &[Role::User], begun.who, &path, body);
    stage.ask(outcome, request).await;
}

async fn not_begun(stage: &mut Stage) {
    let anna = stage.member("anna").await;
    let (trade, _, buyer) = bought(stage).await;
    let home = address(stage, buyer).await;
    let fail = |stage: &Stage, what| stage.providers.providers.fail("kakaopay:ready", 1, what);
    for (outcome, provider, what) in [
        ("422 provider-unsupported", "naver", None),
        ("503 provider-unavailable", "kakaopay", Some(FaultKind::Status500)),
        ("409 payment-declined", "kakaopay", Some(FaultKind::KakaoCode(-780))),
    ] {
        if let Some(what) = what {
            fail(stage, what);
        }
        let body = json!({ "amount": AMOUNT, "provider": provider });
        let request = stage.post(anna, TOP_UPS, body);
        stage.ask(outcome, request).await;
        if let Some(what) = what {
            fail(stage, what);
        }
        let body = json!({ "provider": provider, "addressId": home });
        let request = stage.post(buyer, &format!("{trade}/payments"), body);
        stage.ask(outcome, request).await;
    }
    let request = stage.post(anna, TOP_UPS, json!({ "amount": 99, "provider": "toss" }));
    stage.ask("422 amount-too-small", request).await;
    let seller = stage.member("seller").await;
    let trade = buy_at(stage, seller, anna, 50).await;
    let home = address(stage, anna).await;
    let body = json!({ "provider": "toss", "addressId": home });
    let request = stage.post(anna, &format!("{trade}/payments"), body);
    stage.ask("422 amount-too-small", request).await;
    let rich = stage.member("rich").await;
    stage.fund(rich, Won::MAX.get()).await;
    let request = stage.post(rich, TOP_UPS, json!({ "amount": AMOUNT, "provider": "toss" }));
    stage.ask("409 wallet-full", request).await;
}

async fn not_confirmed(stage: &mut Stage) {
    let bora = stage.member("bora").await;
    let mut it = begun(stage, bora).await;
    let right = it.agreed.clone();
    it.agreed["amount"] = json!(AMOUNT + 1);
    confirm(stage, "409 amount-mismatch", "a", &it).await;
    it.agreed = right;
    let lost = |stage: &Stage, action: &str| {
        stage.providers.providers.fail(&format!("toss:{action}"), 1, FaultKind::LostAfter);
        stage.providers.providers.fail("toss:read", 1, FaultKind::LostBefore);
    };
    lost(stage, "confirm");
    confirm(stage, "202", "b", &it).await;
    confirm(stage, "409 idempotency-in-progress", "b", &it).await;
    confirm(stage, "409 payment-in-progress", "c", &it).await;
    stage.run_after(Span::minutes(2), "payment-resolve-payments").await;
    lost(stage, "cancel");
    cancel(stage, "202", "d", &it).await;
    cancel(stage, "409 idempotency-in-progress", "d", &it).await;
    cancel(stage, "409 payment-in-progress", "e", &it).await;
    stage.run_after(Span::minutes(2), "payment-resolve-payments").await;
    cancel(stage, "409 payment-cancelled", "f", &it).await;
    confirm(stage, "409 payment-cancelled", "g", &it).await;

    for (outcome, code) in [
        ("409 payment-declined", "REJECT_CARD_PAYMENT"),
        ("422 amount-too-small", "BELOW_MINIMUM_AMOUNT"),
    ] {
        let it = begun(stage, bora).await;
        stage.providers.providers.fail("toss:confirm", 1, FaultKind::TossCode(code));
        confirm(stage, outcome, code, &it).await;
    }
}

/// The trade was paid otherwise, or it is too late.
async fn not_confirmed_for_a_trade(stage: &mut Stage) {
    let (trade, _, buyer) = bought(stage).await;
    let home = address(stage, buyer).await;
    let body = json!({ "provider": "toss", "addressId": home });
    let request = stage.post(buyer, &format!("{trade}/payments"), body);
    let view = stage.ask("201", request).await.json();
    let agreed_to = agreed(stage, &view, PRICE);
    let begun = Begun { who: buyer, path: path_of(&view), agreed: agreed_to, back: PRICE };
    into_an_account(stage, buyer, &trade, &home).await;
    stage.fund(buyer, PRICE).await;
    let pay = json!({ "addressId": home });
    let request = stage.post(buyer, &format!("{trade}/pay"), pay);
    stage.ask("200", request).await;
    confirm(stage, "409 wrong-trade-state", "b", &begun).await;

    let (trade, _, buyer) = bought(stage).await;
    let home = address(stage, buyer).await;
    let body = json!({ "provider": "toss", "addressId": home });
    for (outcome, late) in [("200 of a trade", false), ("409 payment-overdue", true)] {
        let trade = if late { bought_by(stage, buyer).await } else { trade.clone() };
        let request = stage.post(buyer, &format!("{trade}/payments"), body.clone());
        let view = stage.ask("201", request).await.json();
        let agreed = agreed(stage, &view, PRICE);
        let it = Begun { who: buyer, path: path_of(&view), agreed, back: PRICE };
        if late {
            stage.app.clock.advance(Span::hours(48));
        }
        confirm(stage, outcome, &stage.fresh(), &it).await;
        if !late {
            cancel(stage, "409 payment-not-cancellable", "c", &it).await;
        }
    }
    stage.run_after(Span::minutes(1), "trade-sweep-due-trades").await;
}

/// A trade that is to be paid by a deposit, which it does not wait for.
async fn into_an_account(stage: &mut Stage, buyer: UserId, trade: &str, home: &Value) {
    let body = json!({ "provider": "toss", "addressId": home });
    let request = stage.post(buyer, &format!("{trade}/payments"), body);
    let view = stage.ask("201", request).await.json();
    let order = view["orderId"].as_str().unwrap();
    let key = stage.providers.providers.toss_account(order, PRICE, "2030-01-01T00:00:00");
    let agreed = json!({ "paymentKey": key, "amount": PRICE });
    let it = Begun { who: buyer, path: path_of(&view), agreed, back: PRICE };
    confirm(stage, "409 method-unsupported", "v", &it).await;
}

async fn bought_by(stage: &mut Stage, buyer: UserId) -> String {
    let seller = stage.member("other").await;
    crate::budgets::trades::buy(stage, seller, buyer).await
}

async fn not_given_back(stage: &mut Stage) {
    let chul = stage.member("chul").await;
    let mut it = begun(stage, chul).await;
    cancel(stage, "409 payment-not-done", "a", &it).await;
    confirm(stage, "200", "b", &it).await;
    let own = std::mem::replace(&mut it.agreed, json!({ "paymentKey": "tgen_other" }));
    confirm(stage, "409 payment-key-mismatch", "g", &it).await;
    it.agreed = own;
    it.back = AMOUNT + 1;
    cancel(stage, "409 cancel-exceeds-payment", "c", &it).await;
    it.back = AMOUNT;
    let refused = FaultKind::TossCode("NOT_CANCELABLE_PAYMENT");
    stage.providers.providers.fail("toss:cancel", 1, refused);
    cancel(stage, "409 cancel-declined", "d", &it).await;
    stage.spend(chul, AMOUNT).await;
    cancel(stage, "409 insufficient-balance", "e", &it).await;
    owes(stage, chul, 500).await;
    cancel(stage, "409 penalty-due", "f", &it).await;
}

async fn cards(stage: &mut Stage) {
    let dana = stage.member("dana").await;
    let methods = "/v1/me/payment-methods";
    let body = json!({ "authKey": "card-ok-1", "password": "271828" });
    stage.providers.providers.fail("toss:issue", 1, FaultKind::LostBefore);
    for outcome in ["503 provider-unavailable", "201"] {
        let request = stage.post_with("k", &[Role::User], dana, methods, body.clone());
        let reply = stage.ask(outcome, request).await;
        let Some(path) = reply.header("location") else { continue };
        stage.providers.providers.fail("toss:forget", 1, FaultKind::LostBefore);
        let request = stage.by(dana, stage.app.delete(path));
        stage.ask("503 provider-unavailable", request).await;
    }
}
