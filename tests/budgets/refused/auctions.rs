//! Bids, purchases, cancellations and voids that may not be.

use domain::{
    auction::{RAISES_MAX, RECENT_ENTRIES_MAX},
    identity::Role,
};
use kernel::{Span, UserId};
use serde_json::{Value, json};
use store::auction::StrikeKind;

use super::wallets::owes;
use crate::{
    budgets::{book::Book, fixture::Stage},
    support::NO_ID,
};

const STRIKES: i64 = 3;

pub async fn story() -> Book {
    let mut stage = Stage::failing().await;
    let seller = stage.member("seller").await;
    let (anna, bora) = (stage.member("anna").await, stage.member("bora").await);
    let plain = offered(&mut stage, seller, json!({})).await;
    refused(&mut stage, seller, "403 own-auction", &plain).await;
    let buying = stage.post(bora, &format!("{plain}/buy-now"), json!({}));
    stage.ask("409 no-buy-now", buying).await;

    let (starts, ends) = (stage.app.now() + Span::hours(1), stage.app.now() + Span::hours(2));
    let times = json!({ "startsAt": starts.to_string(), "endsAt": ends.to_string() });
    let later = offered(&mut stage, seller, times).await;
    refused(&mut stage, anna, "409 auction-not-open", &later).await;

    bid_on(&mut stage, anna, &plain).await;
    kept(&mut stage, bora, "403 forbidden", &plain).await;
    kept(&mut stage, seller, "409 auction-has-bids", &plain).await;
    stopped(&mut stage, seller, anna).await;
    unwanted(&mut stage, seller, anna, bora).await;
    behind(&mut stage, seller, anna).await;
    partial(&mut stage, seller, anna).await;
    limited(&mut stage, seller, anna).await;
    stage.end()
}

/// The path of an auction with a buy-now price unless it is plain.
async fn offered(stage: &mut Stage, seller: UserId, more: Value) -> String {
    let mut offer = json!({ "title": "렌즈", "startPrice": 10_000 });
    if more["startsAt"].is_null() {
        offer["durationSeconds"] = json!(3_600);
    }
    offer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    format!("/v1/auctions/{}", created["id"].as_str().unwrap())
}

/// Neither a bid nor a purchase is taken.
async fn refused(stage: &mut Stage, who: UserId, outcome: &str, auction: &str) {
    let bid = stage.post(who, &format!("{auction}/bids"), json!({ "amount": 20_000 }));
    stage.ask(outcome, bid).await;
    let buying = stage.post(who, &format!("{auction}/buy-now"), json!({}));
    stage.ask(outcome, buying).await;
}

async fn bid_on(stage: &mut Stage, anna: UserId, auction: &str) {
    let bids = format!("{auction}/bids");
    for outcome in ["201 leading", "409 maximum-not-raised"] {
        let bid = stage.post(anna, &bids, json!({ "amount": 10_000, "maxAmount": 30_000 }));
        stage.ask(outcome, bid).await;
    }
    let receipt = stage.get(anna, &format!("{bids}/{NO_ID}/receipt"));
    stage.ask("404 bid-not-found", receipt).await;
    let void = stage.by_admin(stage.app.post(&format!("{bids}/{NO_ID}/void")));
    stage.ask("404 bid-not-found", void).await;
}

/// An auction that `who` may not cancel.
async fn kept(stage: &mut Stage, who: UserId, outcome: &str, auction: &str) {
    let request = stage.post(who, &format!("{auction}/cancel"), json!({ "reason": "변심" }));
    stage.ask(outcome, request).await;
}

/// Cancelled, and ended.
async fn stopped(stage: &mut Stage, seller: UserId, anna: UserId) {
    let auction = offered(stage, seller, json!({ "buyNowPrice": 50_000 })).await;
    let reason = json!({ "reason": "변심" });
    for outcome in ["200", "409 auction-cancelled"] {
        let request = stage.post(seller, &format!("{auction}/cancel"), reason.clone());
        stage.ask(outcome, request).await;
    }
    refused(stage, anna, "409 auction-cancelled", &auction).await;

    let auction = offered(stage, seller, json!({ "buyNowPrice": 50_000 })).await;
    let bid = stage.post(anna, &format!("{auction}/bids"), json!({ "amount": 10_000 }));
    let bid = stage.ask("201 leading", bid).await.json()["id"].as_str().unwrap().to_owned();
    let buying = stage.post(anna, &format!("{auction}/buy-now"), json!({}));
    stage.ask("201", buying).await;
    refused(stage, anna, "409 auction-ended", &auction).await;
    let request = stage.post(seller, &format!("{auction}/cancel"), reason);
    stage.ask("409 auction-ended", request).await;
    let void = stage.by_admin(stage.app.post(&format!("{auction}/bids/{bid}/void")));
    stage.ask("409 auction-ended", void).await;
}

/// Bidders that the seller or the house does not want.
async fn unwanted(stage: &mut Stage, seller: UserId, anna: UserId, bora: UserId) {
    let auction = offered(stage, seller, json!({ "buyNowPrice": 50_000 })).await;
    let block = stage.by(seller, stage.app.put(&format!("/v1/me/blocks/{anna}")));
    stage.ask("204", block).await;
    refused(stage, anna, "403 bidder-blocked", &auction).await;
    for days in 1..=STRIKES {
        let then = stage.app.now() - Span::days(days);
        stage.app.strike(bora, StrikeKind::Unpaid, then).await;
    }
    refused(stage, bora, "403 bidder-suspended", &auction).await;
    let debtor = stage.member("debtor").await;
    owes(stage, debtor, 500).await;
    refused(stage, debtor, "409 penalty-due", &auction).await;
    let offer = json!({ "title": "렌즈", "startPrice": 10_000, "durationSeconds": 600 });
    stage.ask("409 penalty-due", stage.post(debtor, "/v1/auctions", offer)).await;
}

/// As often as a maximum may be raised, at the price there is, by a seller who keeps promises.
async fn limited(stage: &mut Stage, seller: UserId, anna: UserId) {
    let auction = offered(stage, seller, json!({ "buyNowPrice": 90_000 })).await;
    let buying = json!({ "expectedPrice": 1 });
    let buying = stage.post(anna, &format!("{auction}/buy-now"), buying);
    stage.ask("409 price-changed", buying).await;
    for raise in 0..=RAISES_MAX {
        let amounts = json!({ "amount": 10_000, "maxAmount": 10_000 + 1_000 * i64::from(raise) });
        let bid = stage.post(anna, &format!("{auction}/bids"), amounts);
        stage.ask("201 leading", bid).await;
    }
    let amounts = json!({ "amount": 10_000, "maxAmount": 60_000 });
    let bid = stage.post(anna, &format!("{auction}/bids"), amounts);
    stage.ask("409 raises-used-up", bid).await;
    for days in 1..=STRIKES {
        let then = stage.app.now() - Span::days(days);
        stage.app.strike(seller, StrikeKind::Seller, then).await;
    }
    let offer = json!({ "title": "렌즈", "startPrice": 10_000, "durationSeconds": 600 });
    stage.ask("403 seller-suspended", stage.post(seller, "/v1/auctions", offer)).await;
}

/// Staff who are a party, and parties who were staff.
async fn partial(stage: &mut Stage, seller: UserId, anna: UserId) {
    let roles = &[Role::User, Role::Admin];
    let auction = offered(stage, seller, json!({ "buyNowPrice": 50_000 })).await;
    let bids = format!("{auction}/bids");
    let amount = json!({ "amount": 10_000 });
    let bid = stage.post_with("p1", roles, anna, &bids, amount.clone());
    let bid = stage.ask("201 leading", bid).await.json()["id"].as_str().unwrap().to_owned();
    let reason = json!({ "reason": "변심" });
    let cancel = stage.post_with("p2", roles, anna, &format!("{auction}/cancel"), reason);
    stage.ask("403 forbidden", cancel).await;
    let void = stage.post_with("p3", roles, anna, &format!("{bids}/{bid}/void"), json!({}));
    stage.ask("403 forbidden", void).await;

    let auction = offered(stage, seller, json!({ "buyNowPrice": 50_000 })).await;
    let bids = format!("{auction}/bids");
    let bora = stage.member("bora-too").await;
    let bid = stage.post(bora, &bids, amount.clone());
    let bid = stage.ask("201 leading", bid).await.json()["id"].as_str().unwrap().to_owned();
    let void = stage.post_with("p4", roles, anna, &format!("{bids}/{bid}/void"), json!({}));
    stage.ask("200", void).await;
    let bid = stage.post_with("p5", roles, anna, &bids, amount);
    stage.ask("403 forbidden", bid).await;
    let buying = stage.post_with("p6", roles, anna, &format!("{auction}/buy-now"), json!({}));
    stage.ask("403 forbidden", buying).await;
    let cancel = stage.app.post(&format!("{auction}/cancel"));
    let cancel = stage.by_admin(cancel.json(json!({ "reason": "도난품" })));
    stage.ask("200", cancel).await;
}

/// More bids are not recorded yet than the head still carries.
async fn behind(stage: &mut Stage, seller: UserId, anna: UserId) {
    let unblock = stage.by(seller, stage.app.delete(&format!("/v1/me/blocks/{anna}")));
    stage.ask("204", unblock).await;
    let auction = offered(stage, seller, json!({})).await;
    stage.app.cloud.pause("auction-on-head-changed");
    let mut bid = String::new();
    for raise in 0..=RECENT_ENTRIES_MAX {
        let maximum = 10_000 + 1_000 * raise;
        let amounts = json!({ "amount": 10_000, "maxAmount": maximum });
        let raised = stage.post(anna, &format!("{auction}/bids"), amounts);
        let raised = stage.ask("201 leading", raised).await.json();
        raised["id"].as_str().unwrap().clone_into(&mut bid);
    }
    // Its row is not there, and the head does not carry the whole of it any more.
    let first = json!({ "amount": 10_000, "maxAmount": 20_000 });
    let keyed = |stage: &Stage| {
        stage.post_with("k", &[Role::User], anna, &format!("{auction}/bids"), first.clone())
    };
    let request = keyed(stage);
    stage.ask("201 leading", request).await;
    for raise in 0..=RECENT_ENTRIES_MAX {
        let amounts = json!({ "amount": 10_000, "maxAmount": 21_000 + 1_000 * raise });
        let raised = stage.post(anna, &format!("{auction}/bids"), amounts);
        stage.ask("201 leading", raised).await;
    }
    let request = keyed(stage);
    stage.ask("409 idempotency-in-progress", request).await;
    let ledger = stage.get(anna, &format!("{auction}/ledger"));
    stage.ask("503 ledger-catching-up", ledger).await;
    let void = stage.by_admin(stage.app.post(&format!("{auction}/bids/{bid}/void")));
    stage.ask("503 ledger-catching-up", void).await;
    stage.app.cloud.resume("auction-on-head-changed");
    stage.follow().await;
}
