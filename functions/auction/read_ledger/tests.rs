use domain::auction::{
    EntryKind, Salt, Terms,
    ledger::Line,
    verify::{Opened, Verdict, verify},
};
use kernel::{Span, Won};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use testkit::TestApp;

use crate::scene::{auction, bid, buy, end, start, token, void};

async fn export(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/auctions/{id}/ledger")).send().await.expect(200).json()
}

fn read<T: DeserializeOwned>(value: &Value, name: &str) -> T {
    serde_json::from_value(value[name].clone()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn text<T: std::str::FromStr>(value: &Value, name: &str) -> T {
    let text = value[name].as_str().unwrap_or_else(|| panic!("{name} in {value}"));
    text.parse().unwrap_or_else(|_| panic!("{name}: {text}"))
}

fn kind(text: &str) -> EntryKind {
    match text.strip_prefix("void-") {
        Some(sequence) => EntryKind::Void { sequence: sequence.parse().unwrap() },
        None if text == "buy-now" => EntryKind::BuyNow,
        None => {
            assert_eq!(text, "bid");
            EntryKind::Bid
        }
    }
}

/// What anybody with the file makes of it.
fn judge(file: &Value) -> Verdict {
    let terms = &file["terms"];
    let reserve: Won = read(terms, "reserve");
    let opened: Vec<Opened> = file["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| Opened {
            line: Line {
                sequence: read(entry, "sequence"),
                epoch: read(entry, "epoch"),
                kind: kind(entry["kind"].as_str().unwrap()),
                bid: read(entry, "bidId"),
                tag: text(entry, "bidder"),
                amount: read(entry, "amount"),
                maximum_commitment: text(entry, "maximumCommitment"),
                received_at: read(entry, "receivedAt"),
                price: read(entry, "price"),
                leader: entry["leader"].as_str().map(|tag| tag.parse().unwrap()),
                ends_at: read(entry, "endsAt"),
                hash: text(entry, "hash"),
            },
            maximum: read(entry, "maximum"),
            salt: text(entry, "salt"),
        })
        .collect();
    let terms = Terms {
        auction: read(terms, "auctionId"),
        seller: read(terms, "sellerId"),
        start_price: read(terms, "startPrice"),
        increment: read(terms, "increment"),
        reserve: (reserve != Won::ZERO).then_some(reserve),
        buy_now: read(terms, "buyNowPrice"),
        starts_at: read(terms, "startsAt"),
        scheduled_end: read(terms, "scheduledEnd"),
    };
    let salt: Salt = text(&file["terms"], "reserveSalt");
    verify(&terms, salt, &opened).unwrap()
}

#[tokio::test]
async fn while_it_runs_secrets_are_commitments() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let hidden = json!({ "startPrice": 100_000, "reservePrice": 345_678 });
    let id = auction(&app, &seller, hidden).await;
    let placed = bid(&app, &id, &minji, 100_000, Some(234_567)).await.expect(201).json();
    app.settle().await;
    let file = export(&app, &id).await;
    for secret in ["234567", "345678", &minji.id.to_string()] {
        assert!(!file.to_string().contains(secret), "{secret} in {file}");
    }
    assert_eq!((&file["format"], &file["status"]), (&json!("jangteo-ledger/1"), &json!("open")));
    let (terms, entry) = (&file["terms"], &file["entries"][0]);
    assert_eq!((&terms["reserve"], &terms["reserveSalt"]), (&Value::Null, &Value::Null));
    assert_eq!((&entry["maximum"], &entry["salt"]), (&Value::Null, &Value::Null));
    assert_eq!((&entry["bidId"], &entry["hash"]), (&placed["id"], &file["chain"]));
}

#[tokio::test]
async fn afterwards_anybody_can_recompute_the_outcome() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let terms = json!({ "reservePrice": 30_000, "increment": 700, "buyNowPrice": 900_000 });
    let id = auction(&app, &seller, terms).await;
    bid(&app, &id, &minji, 10_000, Some(20_000)).await.expect(201);
    let fraud = bid(&app, &id, &juno, 25_000, Some(80_000)).await.expect(201).json();
    app.settle().await;
    void(&app, &id, &fraud["id"]).await.expect(200);
    app.settle().await;
    bid(&app, &id, &juno, 15_000, Some(40_000)).await.expect(201);
    app.clock.advance(Span::minutes(9));
    bid(&app, &id, &minji, 31_000, Some(35_000)).await.expect(201);
    end(&app).await;
    let file = export(&app, &id).await;
    let verdict = judge(&file);
    assert_eq!(file["status"], "won");
    assert_eq!(file["price"], json!(verdict.price));
    assert_eq!(verdict.price, Won::constant(35_700));
    assert_eq!(verdict.leader, Some(app.app.keys.bidder_tag(id.parse().unwrap(), juno.id)));
    assert_eq!(file["chain"], verdict.chain.to_string());
    assert_eq!((verdict.reserve_met, verdict.bid_count), (true, 3));
    let kinds: Vec<_> = file["entries"].as_array().unwrap().iter().map(|e| &e["kind"]).collect();
    assert_eq!(kinds, ["bid", "bid", "void-2", "bid", "bid"]);
    assert_eq!(file["epoch"], 1);
}

#[tokio::test]
async fn every_outcome_opens_it() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let bought = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    buy(&app, &bought, &minji).await.expect(201);
    let unsold = auction(&app, &seller, json!({})).await;
    let cancelled = auction(&app, &seller, json!({ "reservePrice": 20_000 })).await;
    let path = format!("/v1/auctions/{cancelled}/cancel");
    let request = app.post(&path).bearer(&token(&app, &seller)).json(json!({ "reason": "x" }));
    request.send().await.expect(200);
    app.settle().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    app.clock.advance(Span::minutes(10));
    for (id, status, price) in [
        (&bought, "sold-buy-now", 50_000),
        (&unsold, "unsold", 10_000),
        (&cancelled, "cancelled", 10_000),
    ] {
        let file = export(&app, id).await;
        let verdict = judge(&file);
        assert_eq!((&file["status"], &file["price"]), (&json!(status), &json!(price)));
        assert_eq!(verdict.price, Won::constant(price));
        assert_eq!(verdict.sold_by_buy_now, status == "sold-buy-now");
    }
}

#[tokio::test]
async fn it_waits_for_the_recorder() {
    let app = start().await;
    app.expect_failures(); // a 503 counts as one
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    app.cloud.pause("auction-on-head-changed");
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let reply = app.get(&format!("/v1/auctions/{id}/ledger")).send().await;
    let reply = reply.expect_problem(503, "ledger-catching-up");
    assert_eq!(reply.header("retry-after"), Some("1"));
    app.cloud.resume("auction-on-head-changed");
    app.settle().await;
    assert_eq!(export(&app, &id).await["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_there() {
    let app = start().await;
    let nowhere = "/v1/auctions/01938f3c-7e2a-7000-8000-000000000001/ledger";
    app.get(nowhere).send().await.expect_problem(404, "auction-not-found");
    app.get("/v1/auctions/x/ledger").send().await.expect_problem(400, "invalid-request");
}
