//! Nothing private reaches a log line, a problem document or a public view.

use kernel::Span;
use serde_json::json;

use super::{PASSWORD, bid, join, log_in, market};

#[tokio::test]
async fn no_secret_is_logged() {
    let app = market().await;
    let minji = join(&app, "minji", "01033334444").await;
    let seller = join(&app, "seller", "01011112222").await;
    let wrong = json!({ "email": minji.email, "password": "wrong-canary-77" });
    app.post("/v1/sessions").json(wrong).send().await.expect(401);
    let (s, m) = (log_in(&app, &seller).await, log_in(&app, &minji).await);
    let body = json!({ "title": "제목-canary", "startPrice": 10_000, "durationSeconds": 600 });
    let auction = app.post("/v1/auctions").bearer(&s.token).json(body).send().await.expect(201);
    let id = auction.json()["id"].as_str().unwrap().to_owned();
    let proxied = json!({ "amount": 12_000, "maxAmount": 77_777 });
    bid(&app, &id, &m, "key-canary", proxied).await.expect(201);
    app.post("/v1/users")
        .json(json!({ "email": "broken-canary", "password": PASSWORD }))
        .send()
        .await;
    app.advance(Span::minutes(11)).await;
    let lines: Vec<String> = app.log_lines().iter().map(ToString::to_string).collect();
    assert!(lines.len() > 10);
    let canaries = [
        PASSWORD,
        "wrong-canary-77",
        "minji@example.com",
        "01033334444",
        "1033334444",
        &m.token,
        "제목-canary",
        "77777",
        "broken-canary",
        "eyJ",
    ];
    for canary in canaries {
        let found = lines.iter().find(|line| line.contains(canary));
        assert_eq!(found, None, "{canary} was logged");
    }
}

#[tokio::test]
async fn public_views_name_nobody() {
    let app = market().await;
    let minji = join(&app, "minji", "01033334444").await;
    let seller = join(&app, "seller", "01011112222").await;
    let (s, m) = (log_in(&app, &seller).await, log_in(&app, &minji).await);
    let body = json!({
        "title": "책", "startPrice": 10_000, "reservePrice": 55_555, "durationSeconds": 600,
    });
    let auction = app.post("/v1/auctions").bearer(&s.token).json(body).send().await.expect(201);
    let id = auction.json()["id"].as_str().unwrap().to_owned();
    bid(&app, &id, &m, "k", json!({ "amount": 12_000, "maxAmount": 44_444 })).await.expect(201);
    let s2 = super::join(&app, "juno", "01077778888").await;
    let j = log_in(&app, &s2).await;
    bid(&app, &id, &j, "k", json!({ "amount": 45_500 })).await.expect(201);
    app.run_until_idle().await;
    // Regression: a cursor spelled out the row it stood at, and so the account behind a bid.
    let page = app.get(&format!("/v1/auctions/{id}/bids?limit=1")).send().await.expect(200);
    let cursor = page.json()["nextCursor"].as_str().unwrap().to_owned();
    let (_key, sealed) = cursor.split_once('.').unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, sealed);
    let readable = String::from_utf8_lossy(&bytes.unwrap()).into_owned();
    assert!(!readable.contains("bidder#") && !readable.contains(&s2.id.to_string()), "{readable}");
    for path in ["", "/bids", "/ledger"] {
        let text = app.get(&format!("/v1/auctions/{id}{path}")).send().await.expect(200).text();
        let secrets = ["44444", "55555", "minji", "01033334444", &minji.id.to_string()];
        for secret in secrets {
            assert!(!text.contains(secret), "{path} shows {secret}: {text}");
        }
    }
}
