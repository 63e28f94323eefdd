//! Bids, purchases, cancellations and voids that may not be.

use domain::auction::RECENT_ENTRIES_MAX;
use kernel::{Span, UserId};
use serde_json::{Value, json};

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
        stage.app.store().strike(bora, then).await.unwrap();
    }
    refused(stage, bora, "403 bidder-suspended", &auction).await;
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
    let ledger = stage.get(anna, &format!("{auction}/ledger"));
    stage.ask("503 ledger-catching-up", ledger).await;
    let void = stage.by_admin(stage.app.post(&format!("{auction}/bids/{bid}/void")));
    stage.ask("503 ledger-catching-up", void).await;
    stage.app.cloud.resume("auction-on-head-changed");
    stage.follow().await;
}
