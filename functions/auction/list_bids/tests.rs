use serde_json::{Value, json};

use crate::tests::fixture::{auction, bid, column, get_as, start, void, walk};

#[tokio::test]
async fn the_history_is_newest_first_and_masked() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "startPrice": 100_000 })).await;
    bid(&app, &id, &minji, 100_000, Some(234_567)).await.expect(201);
    let second = bid(&app, &id, &juno, 150_000, None).await.expect(201).json();
    app.run_until_idle().await;
    let path = format!("/v1/auctions/{id}/bids");
    let reply = app.get(&path).send().await.expect(200);
    let text = reply.text();
    for secret in ["234567", &minji.id.to_string(), &juno.id.to_string(), "salt", "maxAmount"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let items = reply.json()["items"].as_array().unwrap().clone();
    assert_eq!(column(&items, "sequence"), [2, 1]);
    assert_eq!(column(&items, "amount"), [150_000, 100_000]);
    assert_eq!(column(&items, "price"), [155_000, 100_000]);
    assert_eq!(column(&items, "isMine"), [false, false]);
    assert_eq!(items[0]["id"], second["id"]);
    assert_ne!(items[0]["bidder"], items[1]["bidder"]);
    let mine = get_as(&app, &path, &juno).await.json();
    assert_eq!(column(mine["items"].as_array().unwrap(), "isMine"), [true, false]);
}

#[tokio::test]
async fn a_leaders_raise_showed_the_hidden_maximum() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({ "startPrice": 100_000 })).await;
    bid(&app, &id, &minji, 100_000, None).await.expect(201);
    // By hand, so that the maximum is the amount.
    bid(&app, &id, &minji, 234_567, None).await.expect(201);
    app.run_until_idle().await;
    for path in ["bids", "ledger"] {
        let text = app.get(&format!("/v1/auctions/{id}/{path}")).send().await.expect(200).text();
        assert!(!text.contains("234567"), "{text}");
    }
}

#[tokio::test]
async fn pages_have_no_gaps_or_repeats() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    for n in 0..9 {
        let who = if n % 2 == 0 { &minji } else { &juno };
        bid(&app, &id, who, 10_000 + n * 1_000, None).await.expect(201);
    }
    app.run_until_idle().await;
    let path = format!("/v1/auctions/{id}/bids");
    for limit in [1, 2, 4, 9, 100] {
        let items = walk(&app, &path, limit, None).await;
        assert_eq!(column(&items, "sequence"), [9, 8, 7, 6, 5, 4, 3, 2, 1], "by {limit}");
    }
    let other = auction(&app, &seller, json!({})).await;
    let page = app.get(&format!("{path}?limit=1")).send().await.json();
    let cursor = page["nextCursor"].as_str().unwrap();
    let reply = app.get(&format!("/v1/auctions/{other}/bids?cursor={cursor}")).send().await;
    reply.expect_problem(400, "invalid-cursor");
    for limit in ["0", "101", "-1", "aaa", "1.5"] {
        let reply = app.get(&format!("{path}?limit={limit}")).send().await;
        reply.expect_problem(400, "invalid-request");
    }
}

#[tokio::test]
async fn voided_bids_and_purchases_are_marked() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    let first = bid(&app, &id, &minji, 10_000, None).await.expect(201).json();
    bid(&app, &id, &juno, 12_000, None).await.expect(201);
    app.run_until_idle().await;
    void(&app, &id, &first["id"]).await.expect(200);
    bid(&app, &id, &minji, 50_000, None).await.expect(201);
    app.run_until_idle().await;
    let items = walk(&app, &format!("/v1/auctions/{id}/bids"), 1, None).await;
    // The void itself (3) is nobody's bid.
    assert_eq!(column(&items, "sequence"), [4, 2, 1]);
    assert_eq!(column(&items, "isVoid"), [false, false, true]);
    assert_eq!(column(&items, "isBuyNow"), [true, false, false]);
}

#[tokio::test]
async fn an_auction_without_bids_and_none_at_all() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    let page = app.get(&format!("/v1/auctions/{id}/bids")).send().await.expect(200).json();
    assert_eq!(page, json!({ "items": [], "nextCursor": Value::Null }));
    let nowhere = "/v1/auctions/01938f3c-7e2a-7000-8000-000000000001/bids";
    app.get(nowhere).send().await.expect_problem(404, "auction-not-found");
    app.get("/v1/auctions/x/bids").send().await.expect_problem(400, "invalid-request");
}
