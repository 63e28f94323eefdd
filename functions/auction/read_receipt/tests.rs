use domain::auction::{Salt, ledger::commitment};
use kernel::{Span, Won};
use serde_json::{Value, json};

use crate::tests::fixture::{auction, bid, bid_with, end, get_as, start, void};

#[tokio::test]
async fn the_receipt_is_signed_and_opens_the_ledgers_commitment() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let placed = bid(&app, &id, &minji, 12_000, Some(50_000)).await.expect(201);
    let path = placed.header("location").unwrap().to_owned();
    bid(&app, &id, &juno, 13_000, None).await.expect(201);
    app.run_until_idle().await;
    let shown = get_as(&app, &path, &minji).await.expect(200);
    assert_eq!(shown.text(), placed.text());

    let jws = shown.json()["receipt"].as_str().unwrap().to_owned();
    let claims: Value = app.app.keys.verify(&jws).unwrap();
    assert_eq!(claims["typ"], "bid-receipt");
    assert_eq!(claims["auctionId"], id);
    assert_eq!(claims["bidId"], placed.json()["id"]);
    assert_eq!((&claims["amount"], &claims["maxAmount"]), (&json!(12_000), &json!(50_000)));
    assert_eq!((&claims["sequence"], &claims["price"]), (&json!(1), &json!(12_000)));
    assert_eq!(claims["receivedAt"], json!(app.now()));
    let ledger = app.get(&format!("/v1/auctions/{id}/ledger")).send().await.json();
    let entry = &ledger["entries"][0];
    assert_eq!((&entry["hash"], &entry["bidder"]), (&claims["hash"], &claims["bidder"]));
    let salt: Salt = claims["salt"].as_str().unwrap().parse().unwrap();
    let due = commitment(salt, Won::constant(50_000)).to_string();
    assert_eq!(entry["maximumCommitment"], due);

    let mut parts: Vec<String> = jws.split('.').map(str::to_owned).collect();
    let letter = if &parts[1][10..11] == "A" { "B" } else { "A" };
    parts[1].replace_range(10..11, letter);
    assert!(app.app.keys.verify::<Value>(&parts.join(".")).is_none(), "a forged receipt");
    // It is no access token, whatever it is signed with.
    let reply = app.get(&path).bearer(&jws).send().await;
    reply.expect_problem(401, "token-invalid");
}

#[tokio::test]
async fn it_is_there_before_it_is_recorded_and_long_after() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    app.cloud.pause("auction-on-head-changed");
    let first = bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let path = first.header("location").unwrap();
    assert_eq!(get_as(&app, path, &minji).await.expect(200).text(), first.text());
    app.cloud.resume("auction-on-head-changed");
    for n in 0..8 {
        let who = if n % 2 == 0 { &juno } else { &minji };
        bid(&app, &id, who, 11_000 + n * 1_000, None).await.expect(201);
    }
    end(&app).await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    app.clock.advance(Span::days(30));
    assert_eq!(get_as(&app, path, &minji).await.expect(200).text(), first.text());
}

/// F27: a bid that was taken back was said to lead for ever.
#[tokio::test]
async fn f27_a_voided_bid_keeps_its_receipt_and_leads_no_more() {
    let app = start().await;
    let [seller, minji, juno, yuna] =
        ["seller", "minji", "juno", "yuna"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let body = json!({ "amount": 10_000 });
    let placed = bid_with(&app, &id, &minji, "k", body.clone()).await.expect(201);
    app.run_until_idle().await;
    void(&app, &id, &placed.json()["id"]).await.expect(200);
    let mut due = placed.json();
    due["outcome"] = json!("voided");
    // By the head at once, by the row when the head has forgotten it.
    for later in 0..6 {
        let shown = get_as(&app, placed.header("location").unwrap(), &minji).await.expect(200);
        assert_eq!(shown.json(), due, "{later} bids later");
        let again = bid_with(&app, &id, &minji, "k", body.clone()).await.expect(201);
        assert_eq!(
            (again.json(), again.header("idempotency-replayed")),
            (due.clone(), Some("true"))
        );
        let who = if later % 2 == 0 { &juno } else { &yuna };
        bid(&app, &id, who, 20_000 + later * 2_000, None).await.expect(201);
        app.run_until_idle().await;
    }
}

#[tokio::test]
async fn nobody_else_reads_it() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let other = auction(&app, &seller, json!({})).await;
    let placed = bid_with(&app, &id, &minji, "k", json!({ "amount": 10_000 })).await.expect(201);
    let path = placed.header("location").unwrap();
    for round in ["before it is recorded", "afterwards"] {
        for who in [&juno, &seller] {
            let reply = get_as(&app, path, who).await;
            assert_eq!(
                reply.expect_problem(404, "bid-not-found").json()["instance"],
                path,
                "{round}"
            );
        }
        app.run_until_idle().await;
    }
    app.get(path).send().await.expect_problem(401, "unauthenticated");
    let bid_id = placed.json()["id"].as_str().unwrap().to_owned();
    let elsewhere = format!("/v1/auctions/{other}/bids/{bid_id}/receipt");
    get_as(&app, &elsewhere, &minji).await.expect_problem(404, "bid-not-found");
    let nowhere = format!("/v1/auctions/{bid_id}/bids/{bid_id}/receipt");
    get_as(&app, &nowhere, &minji).await.expect_problem(404, "auction-not-found");
    let malformed = format!("/v1/auctions/{id}/bids/1/receipt");
    get_as(&app, &malformed, &minji).await.expect_problem(400, "invalid-request");
    // The id follows from auction, bidder and key alone, and F20: only we can work it out.
    let key = app.app.keys.key_hash(minji.id, "k").unwrap();
    let due = domain::auction::ledger::bid_id(id.parse().unwrap(), minji.id, key);
    assert_eq!(bid_id, due.to_string());
}
