use std::collections::BTreeMap;

use kernel::{Instant, Span};
use serde_json::{Value, json};
use testkit::{Reply, TestApp};

use crate::tests::fixture::{auction, bid, buy, get_as, show, start, void};

fn path(id: &str) -> String {
    format!("/v1/auctions/{id}/price")
}

async fn price(app: &TestApp, id: &str) -> Reply {
    app.get(&path(id)).send().await.expect(200)
}

#[tokio::test]
async fn everybody_is_told_the_same_and_a_cache_may_keep_it_for_a_second() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "reservePrice": 345_678 })).await;
    bid(&app, &id, &minji, 10_000, Some(234_567)).await.expect(201);
    let told = price(&app, &id).await;
    let headers = ["cache-control", "etag", "vary", "set-cookie"].map(|name| told.header(name));
    let etag = Some("W/\"0-1-1\"");
    assert_eq!(headers, [Some("public, max-age=1"), etag, Some("origin"), None]);
    let body = told.json();
    let view = show(&app, &id).await;
    for (member, value) in body.as_object().unwrap() {
        let due = match member.as_str() {
            "auctionId" => view["id"].clone(),
            "now" => json!(app.now()),
            member => view[member].clone(),
        };
        assert_eq!(*value, due, "{member}");
    }
    assert!(!told.text().contains("234567") && !told.text().contains("345678"));
    for who in [&seller, &minji, &juno] {
        assert_eq!(get_as(&app, &path(&id), who).await.expect(200).json(), body);
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_told_again() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let terms = json!({
        "startsAt": app.now() + Span::seconds(60), "durationSeconds": 3_600,
        "buyNowPrice": 900_000,
    });
    let id = auction(&app, &seller, terms).await;
    let mut etag = String::new();
    let mut statuses = Vec::new();
    for step in 0..5 {
        match step {
            1 => drop(app.clock.advance(Span::seconds(60))),
            2 => drop(bid(&app, &id, &minji, 10_000, None).await.expect(201)),
            3 => {
                let fraud = bid(&app, &id, &juno, 50_000, None).await.expect(201).json();
                void(&app, &id, &fraud["id"]).await.expect(200);
            }
            4 => drop(buy(&app, &id, &juno).await.expect(201)),
            _ => {}
        }
        let asked = app.get(&path(&id)).header("if-none-match", &etag).send().await.expect(200);
        etag = asked.header("etag").unwrap().to_owned();
        statuses.push((etag.clone(), asked.json()["status"].clone()));
        let again = app.get(&path(&id)).header("if-none-match", &etag).send().await.expect(304);
        assert_eq!((again.text().as_str(), again.header("etag")), ("", Some(etag.as_str())));
        assert_eq!(again.header("cache-control"), Some("public, max-age=1"));
    }
    let due = [
        ("W/\"0-0-0\"", "scheduled"),
        ("W/\"0-0-1\"", "open"),
        ("W/\"0-1-1\"", "open"),
        ("W/\"1-3-1\"", "open"),
        ("W/\"1-4-2\"", "sold-buy-now"),
    ];
    assert_eq!(statuses, due.map(|(etag, status)| (etag.to_owned(), json!(status))));
}

/// A read writes nothing: what is over by the clock is closed by others.
#[tokio::test]
async fn it_costs_half_a_read_unit_also_after_the_end() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({ "durationSeconds": 60 })).await;
    for (seconds, status) in [(0, "open"), (62, "ended")] {
        app.clock.advance(Span::seconds(seconds));
        assert_eq!(price(&app, &id).await.json()["status"], status);
        let line = app.log_lines().pop().unwrap();
        assert_eq!((&line["dataCalls"], &line["milliUnits"]), (&json!(1), &json!(500)), "{line}");
    }
}

/// A cache of an edge: it asks again what is older than the answer says.
#[derive(Default)]
struct Edge {
    kept: BTreeMap<String, (Instant, Value)>,
    asked: u32,
}

impl Edge {
    async fn get(&mut self, app: &TestApp, id: &str) -> Value {
        if let Some((at, body)) = self.kept.get(id)
            && app.now().since(*at) < Span::seconds(1)
        {
            return body.clone();
        }
        self.asked += 1;
        let told = price(app, id).await;
        assert_eq!(told.header("cache-control"), Some("public, max-age=1"));
        self.kept.insert(id.to_owned(), (app.now(), told.json()));
        told.json()
    }
}

/// `performance.md`: at most two reads a second, however many watch.
#[tokio::test]
async fn two_thousand_viewers_behind_an_edge_cost_what_one_does() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    let mut edge = Edge::default();
    let mut seen = vec![0; 2_000];
    for step in 0..20 {
        let who = if step % 2 == 0 { &minji } else { &juno };
        bid(&app, &id, who, 10_000 + step * 1_000, None).await.expect(201);
        for seen in &mut seen {
            let price = edge.get(&app, &id).await["price"].as_i64().unwrap();
            assert!(price >= *seen, "{price} after {seen}");
            *seen = price;
        }
        app.clock.advance(Span::millis(500));
    }
    assert!(edge.asked <= 20, "{} reads in ten seconds", edge.asked);
}

/// F27: an auction that was bought is over at that moment, wherever its end is shown.
#[tokio::test]
async fn f27_the_end_is_not_in_the_future_after_a_buy_now() {
    let app = start().await;
    let [seller, minji] = ["seller", "minji"].map(|name| app.signed_in(name));
    let terms = json!({ "buyNowPrice": 900_000, "durationSeconds": 3_600 });
    let id = auction(&app, &seller, terms).await;
    app.clock.advance(Span::seconds(7));
    let at = app.now();
    let bought = buy(&app, &id, &minji).await.expect(201).json();
    app.advance(Span::minutes(1)).await;
    let shown = [price(&app, &id).await.json(), show(&app, &id).await, bought];
    assert_eq!(shown.map(|view| view["endsAt"].clone()), [json!(at), json!(at), json!(at)]);
}

#[tokio::test]
async fn what_is_not_there() {
    let app = start().await;
    let nowhere = path("01938f3c-7e2a-7000-8000-000000000001");
    let reply = app.get(&nowhere).send().await;
    let reply = reply.expect_problem(404, "auction-not-found");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    app.get(&path("x")).send().await.expect_problem(400, "invalid-request");
}
