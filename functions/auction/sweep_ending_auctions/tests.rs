use events::AuctionEndingSoon;
use futures::future::join_all;
use kernel::{Instant, Span};
use serde_json::{Value, json};
use testkit::TestApp;

use super::*;
use crate::tests::fixture::{auction, buy, start, token, waiting};

async fn told(app: &TestApp) -> Vec<AuctionEndingSoon> {
    let told = waiting::<AuctionEndingSoon>(app).await;
    told.iter().map(|envelope| envelope.open().unwrap()).collect()
}

async fn lasting(app: &TestApp, terms: Value) -> String {
    auction(app, &app.signed_in("seller"), terms).await
}

#[tokio::test]
async fn f28_an_auction_is_told_of_once_half_an_hour_before_its_scheduled_end() {
    let app = start().await;
    // Nine in the morning in Seoul: it ends ten minutes after midnight.
    let seconds = 15 * 3_600 + 600;
    let ends_at = app.now() + Span::seconds(seconds);
    let id = lasting(&app, json!({ "durationSeconds": seconds })).await;
    app.advance((ends_at - Span::minutes(32)).since(app.now())).await;
    assert!(told(&app).await.is_empty());
    app.advance(Span::minutes(3)).await;
    let due = [AuctionEndingSoon {
        auction_id: id.parse().unwrap(),
        title: "카메라".to_owned(),
        ends_at,
    }];
    assert_eq!(told(&app).await, due);
    app.advance(Span::minutes(40)).await;
    assert_eq!(told(&app).await, due);
}

#[tokio::test]
async fn what_is_short_or_over_is_not_told_of() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let minji = app.signed_in("minji");
    lasting(&app, json!({ "durationSeconds": 1_800 })).await;
    let bought = lasting(&app, json!({ "durationSeconds": 3_600, "buyNowPrice": 90_000 })).await;
    let cancelled = lasting(&app, json!({ "durationSeconds": 3_600 })).await;
    app.clock.advance(Span::minutes(29));
    buy(&app, &bought, &minji).await.expect(201);
    let path = format!("/v1/auctions/{cancelled}/cancel");
    let request = app.post(&path).bearer(&app.admin().token).json(json!({ "reason": "x" }));
    request.send().await.expect(200);
    app.run_until_idle().await;
    for _ in 0..10 {
        app.clock.advance(Span::minutes(1));
        sweep(&app.app, app.now()).await.unwrap();
    }
    assert_eq!(told(&app).await, []);
    assert!(!token(&app, &minji).is_empty());
}

#[tokio::test]
async fn runs_at_once_tell_once_and_one_run_in_ten_minutes_is_enough() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    for minutes in [60, 61, 69] {
        lasting(&app, json!({ "durationSeconds": minutes * 60 })).await;
    }
    app.clock.advance(Span::minutes(40));
    let now: Instant = app.now();
    let runs = join_all((0..4).map(|_| sweep(&app.app, now))).await;
    assert!(runs.iter().any(Result::is_ok), "{runs:?}");
    sweep(&app.app, now).await.unwrap();
    assert_eq!(told(&app).await.len(), 3);
}
