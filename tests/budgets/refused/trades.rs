//! Commands of a trade by the wrong party, in the wrong state, too late, or while it is being paid.

use domain::identity::Role;
use gateway::fake::FaultKind;
use kernel::{Span, UserId};
use serde_json::{Value, json};

use super::wallets::owes;
use crate::{
    budgets::{
        book::Book,
        fixture::Stage,
        inspected::{graded, matched},
        trades::{PRICE, address, bought},
    },
    support::{NO_ID, parcel},
};

const NOT_YOU: &str = "403 forbidden";
const STATE: &str = "409 wrong-trade-state";

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    direct(&mut stage).await;
    under_way(&mut stage).await;
    overdue(&mut stage).await;
    inspected(&mut stage).await;
    stage.end()
}

/// One command.
struct Command<'a> {
    outcome: &'a str,
    who: UserId,
    verb: &'a str,
    body: Value,
}

async fn give(stage: &mut Stage, trade: &str, command: Command<'_>) {
    let path = format!("{trade}/{}", command.verb);
    stage.ask_post(command.outcome, command.who, &path, command.body).await;
}

async fn give_all(stage: &mut Stage, trade: &str, who: UserId, commands: &[(&str, &str, Value)]) {
    for (outcome, verb, body) in commands {
        let body = body.clone();
        give(stage, trade, Command { outcome, who, verb, body }).await;
    }
}

async fn direct(stage: &mut Stage) {
    let (trade, seller, buyer) = bought(stage).await;
    let home = address(stage, buyer).await;
    let (empty, pay) = (json!({}), json!({ "addressId": home }));
    let why = json!({ "reason": "택배사 서면 확인" });
    let request = stage.app.post(&format!("{trade}/deliver")).key(&stage.fresh());
    let request = stage.by_admin(request.json(why.clone()));
    stage.ask(STATE, request).await;
    let nowhere = json!({ "addressId": NO_ID });
    let begin = |provider: &str, home: &Value| json!({ "provider": provider, "addressId": home });
    let sellers = [
        (NOT_YOU, "pay", json!({ "addressId": address(stage, seller).await })),
        (NOT_YOU, "payments", begin("toss", &home)),
        (NOT_YOU, "confirm", empty.clone()),
        (NOT_YOU, "decline", empty.clone()),
        (NOT_YOU, "consent", empty.clone()),
        (NOT_YOU, "consent-refusal", empty.clone()),
        (NOT_YOU, "deliver", why.clone()),
    ];
    give_all(stage, &trade, seller, &sellers).await;
    let buyers = [
        (NOT_YOU, "ship", parcel()),
        (NOT_YOU, "deliver", why),
        ("409 not-an-offer", "decline", empty.clone()),
        (STATE, "consent", empty.clone()),
        (STATE, "consent-refusal", empty.clone()),
        (STATE, "confirm", empty.clone()),
        ("404 address-not-found", "pay", nowhere.clone()),
        ("404 address-not-found", "payments", begin("toss", &json!(NO_ID))),
        ("422 provider-unsupported", "payments", begin("naver", &home)),
    ];
    give_all(stage, &trade, buyer, &buyers).await;
    stage.fund(buyer, PRICE).await;
    owes(stage, buyer, 1).await;
    give_all(stage, &trade, buyer, &[("409 penalty-due", "pay", pay.clone())]).await;
    stage.fund(buyer, 1).await;
    stage.run_after(Span::minutes(1), "trade-collect-penalties").await;
    let paid = [
        ("200", "pay", pay.clone()),
        (STATE, "pay", pay),
        (STATE, "payments", begin("toss", &home)),
        (STATE, "decline", empty),
        (STATE, "cancel", json!({ "reason": "변심" })),
    ];
    give_all(stage, &trade, buyer, &paid).await;
    let request = stage.get(buyer, "/v1/trades?role=inspector");
    stage.ask(NOT_YOU, request).await;
}

/// A provider's answer was lost: until it is read, nothing else happens to the trade.
async fn under_way(stage: &mut Stage) {
    let (trade, _, buyer) = bought(stage).await;
    let home = address(stage, buyer).await;
    let begin = json!({ "provider": "toss", "addressId": home });
    let request = stage.post(buyer, &format!("{trade}/payments"), begin.clone());
    let begun = stage.ask("201", request).await.json();
    let order = begun["orderId"].as_str().unwrap();
    let key = stage.providers.providers.toss_pay(order, PRICE);
    stage.providers.providers.fail("toss:confirm", 1, FaultKind::LostAfter);
    stage.providers.providers.fail("toss:read", 1, FaultKind::LostBefore);
    let path = format!("/v1/payments/{}/confirm", begun["payment"]["id"].as_str().unwrap());
    let request = stage.post(buyer, &path, json!({ "paymentKey": key, "amount": PRICE }));
    stage.ask("202", request).await;
    let busy = "409 payment-in-progress";
    let buyers = [
        (busy, "pay", json!({ "addressId": home })),
        (busy, "payments", begin),
        (busy, "decline", json!({})),
        (busy, "cancel", json!({ "reason": "변심" })),
    ];
    give_all(stage, &trade, buyer, &buyers).await;
    stage.run_after(Span::minutes(2), "payment-resolve-payments").await;
}

async fn overdue(stage: &mut Stage) {
    for verb in ["pay", "payments"] {
        let (trade, _, buyer) = bought(stage).await;
        let home = address(stage, buyer).await;
        stage.fund(buyer, PRICE).await;
        stage.app.clock.advance(Span::hours(48));
        let body = match verb {
            "pay" => json!({ "addressId": home }),
            _ => json!({ "provider": "toss", "addressId": home }),
        };
        let outcome = "409 payment-overdue";
        give(stage, &trade, Command { outcome, who: buyer, verb, body }).await;
        stage.run_after(Span::minutes(1), "trade-sweep-due-trades").await;
    }
}

async fn inspected(stage: &mut Stage) {
    let seller = stage.member("seller").await;
    let (buyer, centre) = (stage.member("buyer").await, stage.member("centre").await);
    let trade = matched(stage, 11, seller, buyer).await;
    let staff = [Role::User, Role::Inspector];
    let steps = [
        (NOT_YOU, buyer, "receive", json!({})),
        (NOT_YOU, buyer, "inspection", graded("pass_at_95")),
        (NOT_YOU, buyer, "forward", parcel()),
        (STATE, centre, "receive", json!({})),
        (STATE, centre, "inspection", graded("pass_at_95")),
        (STATE, centre, "forward", parcel()),
        (NOT_YOU, centre, "cancel", json!({ "reason": "변심" })),
        ("200", seller, "ship", parcel()),
        ("200", centre, "receive", json!({})),
        ("200 pass_at_95", centre, "inspection", graded("pass_at_95")),
    ];
    for (outcome, who, verb, body) in steps {
        let request = stage.post_as(&staff, who, &format!("{trade}/{verb}"), body);
        stage.ask(outcome, request).await;
    }
    stage.app.clock.advance(Span::hours(24));
    let body = json!({});
    let command = Command { outcome: "409 consent-overdue", who: buyer, verb: "consent", body };
    give(stage, &trade, command).await;
    stage.run_after(Span::minutes(1), "trade-sweep-due-trades").await;
}
