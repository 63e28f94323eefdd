//! One live auction, from sign-up to the winner's text message.

use domain::identity::Role;
use kernel::Span;
use serde_json::{Value, json};
use testkit::TestApp;

use super::{Member, bid, join, log_in, market, notifications};

struct Story {
    app: TestApp,
    seller: Member,
    minji: Member,
    juno: Member,
    auction: String,
}

async fn story(extra: Value) -> Story {
    let app = market().await;
    let seller = join(&app, "seller", "01011112222").await;
    let minji = join(&app, "minji", "010-3333-4444").await;
    let juno = join(&app, "juno", "01055556666").await;
    let mut body = json!({ "title": "필름 카메라", "startPrice": 50_000, "durationSeconds": 600 });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    let token = log_in(&app, &seller).await.token;
    let reply = app.post("/v1/auctions").bearer(&token).json(body).send().await.expect(201);
    let auction = reply.json()["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    Story { app, seller, minji, juno, auction }
}

async fn ledger(app: &TestApp, auction: &str) -> String {
    app.get(&format!("/v1/auctions/{auction}/ledger")).send().await.expect(200).text()
}

#[tokio::test]
async fn the_winner_is_texted_and_the_ledger_verifies() {
    let Story { app, seller, minji, juno, auction } = story(json!({})).await;
    let (m, j) = (log_in(&app, &minji).await, log_in(&app, &juno).await);
    bid(&app, &auction, &m, "m1", json!({ "amount": 50_000, "maxAmount": 80_000 }))
        .await
        .expect(201);
    let outbid = bid(&app, &auction, &j, "j1", json!({ "amount": 60_000 })).await.expect(201);
    assert_eq!(outbid.json()["outcome"], "outbid");
    bid(&app, &auction, &j, "j2", json!({ "amount": 62_000, "maxAmount": 90_000 }))
        .await
        .expect(201);
    app.run_until_idle().await;
    let told = notifications(&app, &m).await;
    assert!(told.iter().any(|row| row["kind"] == "outbid"), "{told:?}");
    assert!(app.cloud.sms().is_empty(), "nobody has won yet");

    app.advance(Span::minutes(11)).await;

    let texts = app.cloud.sms();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert_eq!(texts[0].phone, "+821055556666");
    assert!(texts[0].text.contains("81,000"), "{}", texts[0].text);
    let kinds = |rows: Vec<Value>| -> Vec<String> {
        rows.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
    };
    let j = log_in(&app, &juno).await;
    assert!(kinds(notifications(&app, &j).await).contains(&"won".to_owned()));
    let m = log_in(&app, &minji).await;
    assert!(kinds(notifications(&app, &m).await).contains(&"lost".to_owned()));
    let s = log_in(&app, &seller).await;
    assert!(!notifications(&app, &s).await.is_empty());

    let export = ledger(&app, &auction).await;
    let jwks = app.get("/.well-known/jwks.json").send().await.expect(200).text();
    let verdict = xtask::verify::check(&[&export], Some(&jwks)).unwrap();
    assert!(verdict.contains("3 entries verified (signed by the server), won by"), "{verdict}");
    assert!(verdict.ends_with("at 81000 won"), "{verdict}");
    let cooked = export.replacen("\"amount\":60000", "\"amount\":61000", 1);
    let error = xtask::verify::check(&[&cooked], None).unwrap_err().to_string();
    assert!(error.starts_with("entry 2:"), "{error}");
}

#[tokio::test]
async fn an_unmet_reserve_sells_nothing() {
    let Story { app, minji, auction, .. } = story(json!({ "reservePrice": 100_000 })).await;
    let m = log_in(&app, &minji).await;
    bid(&app, &auction, &m, "m1", json!({ "amount": 60_000 })).await.expect(201);
    app.advance(Span::minutes(11)).await;
    let view = app.get(&format!("/v1/auctions/{auction}")).send().await.json();
    assert_eq!((&view["status"], &view["reserveMet"]), (&json!("unsold"), &json!(false)));
    assert!(app.cloud.sms().is_empty());
    let verdict = xtask::verify::check(&[&ledger(&app, &auction).await], None).unwrap();
    assert!(verdict.ends_with("unsold"), "{verdict}");
}

#[tokio::test]
async fn a_void_bid_stays_in_a_ledger_that_verifies() {
    let Story { app, minji, juno, auction, .. } = story(json!({})).await;
    let (m, j) = (log_in(&app, &minji).await, log_in(&app, &juno).await);
    bid(&app, &auction, &m, "m1", json!({ "amount": 50_000 })).await.expect(201);
    let fraud = bid(&app, &auction, &j, "j1", json!({ "amount": 900_000 })).await.expect(201);
    app.run_until_idle().await;
    let path = format!("/v1/auctions/{auction}/bids/{}/void", fraud.json()["id"].as_str().unwrap());
    app.post(&path).bearer(&j.token).send().await.expect_problem(403, "forbidden");
    let admin = app.token_with_roles(&[Role::User, Role::Admin]);
    let view = app.post(&path).bearer(&admin.token).send().await.expect(200).json();
    assert_eq!((&view["price"], &view["epoch"]), (&json!(50_000), &json!(1)));
    app.run_until_idle().await;
    // Regression: a void was told to nobody, not even to the bidder it bound again.
    for who in [&m, &j] {
        let told = notifications(&app, who).await;
        assert!(told.iter().any(|row| row["kind"] == "bid-voided"), "{told:?}");
    }
    app.advance(Span::minutes(11)).await;
    let verdict = xtask::verify::check(&[&ledger(&app, &auction).await], None).unwrap();
    assert!(verdict.contains("3 entries verified"), "{verdict}");
    assert!(verdict.ends_with("at 50000 won"), "{verdict}");
    assert_eq!(app.cloud.sms()[0].phone, "+821033334444");
}

#[tokio::test]
async fn a_blocked_bidder_cannot_bid_with_that_seller() {
    let Story { app, seller, minji, juno, auction } = story(json!({})).await;
    let (s, m, j) =
        (log_in(&app, &seller).await, log_in(&app, &minji).await, log_in(&app, &juno).await);
    let block = format!("/v1/me/blocks/{}", minji.id);
    let status = app.put(&block).bearer(&s.token).json(json!({})).send().await.status();
    assert!(status < 300, "{status}");
    let body = json!({ "amount": 50_000 });
    bid(&app, &auction, &m, "m1", body.clone()).await.expect_problem(403, "bidder-blocked");
    bid(&app, &auction, &j, "j1", body).await.expect(201);
    app.delete(&block).bearer(&s.token).send().await;
    bid(&app, &auction, &m, "m2", json!({ "amount": 70_000 })).await.expect(201);
}

#[tokio::test]
async fn everything_delivered_three_times_and_shuffled_happens_once() {
    let Story { app, minji, juno, auction, .. } = story(json!({})).await;
    app.cloud.adjust(|knobs| {
        knobs.message_copies = 3;
        knobs.stream_copies = 3;
        knobs.schedule_copies = 3;
        knobs.shuffle = Some(7);
    });
    let (m, j) = (log_in(&app, &minji).await, log_in(&app, &juno).await);
    bid(&app, &auction, &m, "m1", json!({ "amount": 50_000 })).await.expect(201);
    bid(&app, &auction, &j, "j1", json!({ "amount": 70_000 })).await.expect(201);
    app.advance(Span::minutes(12)).await;
    assert_eq!(app.cloud.sms().len(), 1);
    let m = log_in(&app, &minji).await;
    let rows = notifications(&app, &m).await;
    let count = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((count("outbid"), count("lost")), (1, 1), "{rows:?}");
}
