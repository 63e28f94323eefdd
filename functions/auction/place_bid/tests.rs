//! Bids: what is taken, what is refused and why, and what a lost race or answer costs.

mod keys;

use futures::future::join_all;
use kernel::Span;
use serde_json::{Value, json};
use testkit::{RequestBuilder, TestApp, User};

use crate::tests::fixture::{auction, bid, bid_with, buy, end, show, start};

#[tokio::test]
async fn the_first_bid_leads_at_its_amount() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    let reply = bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let body = reply.json();
    assert_eq!(body["outcome"], "leading");
    assert_eq!(body["price"], 10_000);
    assert_eq!(body["minimumNextBid"], 10_500);
    assert_eq!(body["sequence"], 1);
    let at = format!("/v1/auctions/{id}/bids/{}/receipt", body["id"].as_str().unwrap());
    assert_eq!(reply.header("location"), Some(at.as_str()));
    assert_eq!(show(&app, &id).await["price"], 10_000);
}

#[tokio::test]
async fn a_hidden_maximum_answers_for_its_owner() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, Some(20_000)).await.expect(201);
    let body = bid(&app, &id, &juno, 15_000, None).await.expect(201).json();
    assert_eq!((&body["outcome"], &body["price"]), (&json!("outbid"), &json!(15_500)));
    let body = bid(&app, &id, &juno, 16_000, Some(30_000)).await.expect(201).json();
    assert_eq!((&body["outcome"], &body["price"]), (&json!("leading"), &json!(20_500)));
}

#[tokio::test]
async fn refusals_name_why_and_the_minimum() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let low = bid(&app, &id, &minji, 9_999, None).await.expect_problem(400, "invalid-request");
    assert_eq!(low.json()["errors"][0]["pointer"], "/amount");
    assert_eq!(low.json()["startPrice"], 10_000);
    bid(&app, &id, &seller, 10_000, None).await.expect_problem(403, "own-auction");
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let equal = bid(&app, &id, &juno, 10_000, None).await.expect_problem(409, "bid-too-low");
    assert_eq!(equal.json()["minimumNextBid"], 10_500);
    let raise = bid(&app, &id, &minji, 10_499, None).await;
    let raise = raise.expect_problem(409, "maximum-not-raised");
    assert_eq!(raise.json()["minimumMaxAmount"], 10_500);
    let nowhere = "01938f3c-7e2a-7000-8000-000000000001";
    bid(&app, nowhere, &minji, 10_000, None).await.expect_problem(404, "auction-not-found");
}

#[tokio::test]
async fn bad_input_is_refused_field_by_field() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    let cases: &[(Value, &str, &str)] = &[
        (json!({ "amount": 0 }), "invalid-request", "/amount"),
        (json!({ "amount": -1 }), "invalid-request", "/amount"),
        (json!({ "amount": 1_000_000_000_001_i64 }), "invalid-request", "/amount"),
        (json!({ "amount": u64::MAX }), "invalid-request", "/amount"),
        (json!({ "amount": 1.5 }), "invalid-request", "/amount"),
        (json!({ "amount": 10_000.0 }), "invalid-request", "/amount"),
        (json!({ "amount": "10000" }), "invalid-request", "/amount"),
        (json!({ "amount": null }), "invalid-request", "/amount"),
        (json!({}), "invalid-request", "/amount"),
        (json!({ "amount": 10_000, "maxAmount": 9_999 }), "invalid-request", "/maxAmount"),
        (json!({ "amount": 10_000, "price": 1 }), "invalid-request", "/price"),
        (json!({ "amount": 10_000, "userId": "x" }), "invalid-request", "/userId"),
        (json!([]), "invalid-request", ""),
    ];
    for (body, code, pointer) in cases {
        let reply = bid_with(&app, &id, &minji, "k", body.clone()).await.expect_problem(400, code);
        let field = reply.json()["errors"][0]["pointer"].as_str().unwrap_or_default().to_owned();
        assert_eq!(&field, pointer, "{body}: {}", reply.text());
    }
    let path = format!("/v1/auctions/{id}/bids");
    for raw in ["", "{", "{\"amount\":1e3}", "{\"amount\":NaN}", "\u{0}"] {
        let request = app.post(&path).bearer(&minji.token).key("k");
        let reply = request.header("content-type", "application/json").body(raw).send().await;
        assert_eq!(reply.status(), 400, "{raw}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_hundred_equal_bids_at_once_are_one_bid() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    let bidders: Vec<User> = (0..100).map(|_| app.signed_in("bidder")).collect();
    let bids = bidders.iter().map(|bidder| bid(&app, &id, bidder, 20_000, None));
    let statuses: Vec<u16> = join_all(bids).await.iter().map(testkit::Reply::status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 99);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_bidders_at_once_all_get_a_definitive_answer() {
    const BIDDERS: i64 = 1_000;
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    // Lambda runs many containers, each with a memory of its own.
    let containers = [app.router(), app.another_container().1, app.another_container().1];
    let mut tasks = tokio::task::JoinSet::new();
    for (n, router) in (0..BIDDERS).zip(containers.into_iter().cycle()) {
        // A permutation, so that neither order of arrival favours the highest.
        let amount = 10_000 + (n * 389 % BIDDERS) * 100;
        let request = RequestBuilder::new(router, "POST", &format!("/v1/auctions/{id}/bids"));
        let request = request.bearer(&app.signed_in("bidder").token).key(&format!("key-{n}"));
        let request = request.json(json!({ "amount": amount }));
        tasks.spawn(async move { (amount, request.send().await) });
    }
    let answers = tasks.join_all().await;
    let mut accepted = Vec::new();
    for (amount, reply) in &answers {
        match reply.status() {
            201 => accepted.push((reply.json()["sequence"].as_u64().unwrap(), *amount)),
            409 => assert_eq!(reply.code(), "bid-too-low"),
            other => panic!("{other}: {}", reply.text()),
        }
    }
    accepted.sort_unstable();
    assert!(accepted.is_sorted_by_key(|(_, amount)| *amount), "{accepted:?}");
    let highest = 10_000 + (BIDDERS - 1) * 100;
    let view = show(&app, &id).await;
    assert_eq!(view["price"], accepted.last().unwrap().1);
    // Nobody who was refused offered enough for the next bid.
    assert!(view["minimumNextBid"].as_i64().unwrap() > highest, "{view}");
    assert_eq!(view["bidCount"], accepted.len());
}

#[tokio::test]
async fn different_prices_in_parallel_end_at_the_maximum() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let id = auction(&app, &seller, json!({})).await;
    let bidders: Vec<User> = (0..50).map(|_| app.signed_in("bidder")).collect();
    let bids = bidders.iter().enumerate().map(|(n, bidder)| {
        bid(&app, &id, bidder, 10_000 + i64::try_from(n).unwrap() * 1_000, None)
    });
    join_all(bids).await;
    assert_eq!(show(&app, &id).await["price"], 59_000);
}

#[tokio::test]
async fn the_end_is_a_hard_line() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    for (before_end, status) in [(1_i64, 201), (0, 409)] {
        let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
        app.cloud.adjust(|knobs| knobs.rates = false);
        app.clock.advance(Span::millis(3_600_000 - before_end));
        let reply = bid(&app, &id, &minji, 10_000, None).await.expect(status);
        if status == 409 {
            reply.expect_problem(409, "auction-ended");
        } else {
            let ends_at = reply.json()["endsAt"].as_str().unwrap().to_owned();
            let due = (app.now() + Span::minutes(5)).to_string();
            assert_eq!(ends_at, due, "an accepted bid in the last moment extends");
        }
    }
    let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    app.clock.advance(Span::millis(3_600_001));
    bid(&app, &id, &minji, 10_000, None).await.expect_problem(409, "auction-ended");
}

#[tokio::test]
async fn a_late_bid_closes_the_auction_it_came_too_late_for() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.run_until_idle().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    app.cloud.pause("auction-close-auction");
    app.clock.advance(Span::minutes(20));
    bid(&app, &id, &juno, 50_000, None).await.expect_problem(409, "auction-ended");
    app.run_until_idle().await;
    let row = app.rows().await.auctions().into_values().next().unwrap();
    let winner = row.closing.unwrap().winner.unwrap();
    assert_eq!(winner.user_id, minji.id);
    app.cloud.resume("auction-close-auction");
}

#[tokio::test]
async fn scheduled_auctions_take_no_bids_yet() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let starts_at = (app.now() + Span::minutes(30)).to_string();
    let id = auction(&app, &seller, json!({ "startsAt": starts_at })).await;
    assert_eq!(show(&app, &id).await["status"], "scheduled");
    let early = bid(&app, &id, &minji, 10_000, None).await;
    let early = early.expect_problem(409, "auction-not-open");
    assert_eq!(early.json()["startsAt"], starts_at);
    app.advance(Span::minutes(30)).await;
    assert_eq!(show(&app, &id).await["status"], "open");
}

#[tokio::test]
async fn three_unpaid_wins_in_90_days_suspend() {
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    let id = auction(&app, &seller, json!({})).await;
    for day in [90, 40, 10] {
        let then = app.now() - Span::days(day);
        app.strike(minji.id, store::auction::StrikeKind::Unpaid, then).await;
    }
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.strike(minji.id, store::auction::StrikeKind::Unpaid, app.now()).await;
    bid(&app, &id, &minji, 30_000, None).await.expect_problem(403, "bidder-suspended");
}

#[tokio::test]
async fn an_offer_at_the_buy_now_price_buys() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "buyNowPrice": 50_000 })).await;
    bid(&app, &id, &minji, 10_000, Some(20_000)).await.expect(201);
    let body = bid(&app, &id, &juno, 21_000, Some(60_000)).await.expect(201).json();
    assert_eq!((&body["outcome"], &body["price"]), (&json!("bought"), &json!(50_000)));
    bid(&app, &id, &minji, 55_000, None).await.expect_problem(409, "auction-ended");
    buy(&app, &id, &minji).await.expect_problem(409, "auction-ended");
    assert_eq!(show(&app, &id).await["status"], "sold-buy-now");
}

#[tokio::test]
async fn the_budget_of_a_bid_holds() {
    let app = start().await;
    let [seller, minji, juno, sora] =
        ["seller", "minji", "juno", "sora"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    // A container that has never met the auction does not know whose block to ask for.
    let before = app.cloud.usage();
    bid(&app, &id, &sora, 10_000, None).await.expect(201);
    let spent = app.cloud.usage().since(&before);
    assert_eq!((spent.calls("dynamodb:GetItem"), spent.round_trips()), (1, 3), "{spent}");
    app.run_until_idle().await;
    let before = app.cloud.usage();
    bid(&app, &id, &minji, 11_000, None).await.expect(201);
    let spent = app.cloud.usage().since(&before);
    assert_eq!(spent.calls("dynamodb:UpdateItem"), 1);
    assert_eq!(spent.calls("dynamodb:BatchGetItem"), 1);
    assert_eq!(spent.round_trips(), 2, "{spent}");
    assert_eq!(spent.writes().to_string(), "1.0", "{spent}");
    let before = app.cloud.usage();
    app.run_until_idle().await;
    let spent = app.cloud.usage().since(&before);
    assert!(spent.writes().to_string().parse::<f64>().unwrap() <= 2.0, "{spent}");
    // The head is fresh in memory now: a hopeless bid costs no write.
    let before = app.cloud.usage();
    bid(&app, &id, &juno, 11_100, None).await.expect_problem(409, "bid-too-low");
    let spent = app.cloud.usage().since(&before);
    assert_eq!((spent.round_trips(), spent.writes().to_string().as_str()), (1, "0.0"), "{spent}");
}

#[tokio::test]
async fn an_old_copy_of_the_head_costs_no_failed_write() {
    let app = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let (_other, router) = app.another_container();
    let path = format!("/v1/auctions/{id}/bids");
    let elsewhere = testkit::RequestBuilder::new(router, "POST", &path).bearer(&minji.token);
    let elsewhere = elsewhere.key("k").json(json!({ "amount": 20_000 }));
    elsewhere.send().await.expect(201);
    app.advance(Span::millis(1_001)).await;
    let before = app.cloud.usage();
    bid(&app, &id, &juno, 30_000, None).await.expect(201);
    let spent = app.cloud.usage().since(&before);
    assert_eq!((spent.calls("dynamodb:BatchGetItem"), spent.round_trips()), (1, 2), "{spent}");
}

#[tokio::test]
async fn a_lost_answer_to_the_write_is_found_out() {
    use local::{Fault, FaultKind};
    let app = start().await;
    let (seller, minji) = (app.signed_in("seller"), app.signed_in("minji"));
    for kind in [FaultKind::TimeoutBefore, FaultKind::TimeoutAfter, FaultKind::Throttle] {
        let id = auction(&app, &seller, json!({})).await;
        for _ in 0..4 {
            app.cloud.faults().push(Fault::next("dynamodb:UpdateItem", kind));
        }
        bid(&app, &id, &minji, 10_000, None).await.expect(201);
        app.cloud.faults().clear();
        assert_eq!(show(&app, &id).await["bidCount"], 1, "{kind:?}");
    }
}

#[tokio::test]
async fn a_container_that_missed_a_void_refused_what_was_good() {
    let app: TestApp = start().await;
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({})).await;
    let fraud = bid(&app, &id, &minji, 90_000, None).await.expect(201).json();
    app.run_until_idle().await;
    let (_other, router) = app.another_container();
    let bid_id = fraud["id"].as_str().unwrap();
    let path = format!("/v1/auctions/{id}/bids/{bid_id}/void");
    let void = testkit::RequestBuilder::new(router, "POST", &path);
    void.bearer(&app.admin().token).send().await.expect(200);
    // This container still remembers 90,000, and looks again before it refuses.
    bid(&app, &id, &juno, 20_000, None).await.expect(201);
    end(&app).await;
    assert_eq!(show(&app, &id).await["status"], "won");
}

#[tokio::test]
async fn a_low_bid_after_the_end_was_told_to_bid_more() {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "durationSeconds": 3_600 })).await;
    app.clock.advance(Span::minutes(54));
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.clock.advance(Span::millis(359_999));
    // This puts the head into memory, fresh.
    bid(&app, &id, &juno, 10_100, None).await.expect_problem(409, "bid-too-low");
    app.clock.advance(Span::millis(1));
    bid(&app, &id, &juno, 10_100, None).await.expect_problem(409, "auction-ended");
    bid(&app, &id, &seller, 10_100, None).await.expect_problem(409, "auction-ended");
}

/// A bid as API Gateway hands it over.
fn event(path: &str, who: &User, key: &str, body: &Value) -> Value {
    json!({
        "version": "2.0", "routeKey": "POST /v1/auctions/{auctionId}/bids",
        "rawPath": path, "rawQueryString": "", "isBase64Encoded": false,
        "headers": {
            "authorization": format!("Bearer {}", who.token),
            "content-type": "application/json", "idempotency-key": key,
        },
        "requestContext": {
            "accountId": "000000000000", "apiId": "api", "stage": "$default", "requestId": "1",
            "time": "21/Nov/2026:00:00:00 +0000", "timeEpoch": 0,
            "http": {
                "method": "POST", "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                "userAgent": "test",
            },
        },
        "body": body.to_string(),
    })
}

/// The answer's body with its status, when the gateway took the request at that instant.
async fn taken_at(app: &TestApp, mut event: Value, at: kernel::Instant) -> Value {
    event["requestContext"]["timeEpoch"] = json!(at.millis());
    let answer = app.invoke("auction-place-bid", event).await.unwrap();
    let mut body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    body["status"] = answer["statusCode"].clone();
    body
}

/// F21: what the gateway took in time was told that the auction had ended.
#[tokio::test]
async fn a_bid_in_time_by_the_gateway_is_in_or_undecided() {
    let app = start().await;
    // 503 is one of the answers.
    app.expect_failures();
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id = auction(&app, &seller, json!({ "softClose": false })).await;
    let end = app.now() + Span::minutes(10);
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.run_until_idle().await;
    // How many milliseconds the gateway took it before the end, the function saw it after.
    let cases = [
        (1, 43, 201, "", 11_000),
        (1, 1_999, 201, "", 12_000),
        (1, 2_000, 503, "not-decided", 13_000),
        (900, 2_999, 503, "not-decided", 13_000),
        (0, 2_999, 409, "auction-ended", 13_000),
        (1, 3_000, 503, "not-decided", 13_000),
        (0, 3_000, 409, "auction-ended", 13_000),
    ];
    for (n, (taken, now, status, code, amount)) in cases.into_iter().enumerate() {
        app.clock.advance((end + Span::millis(now)).since(app.now()));
        let key = format!("case-{n}");
        let who = if n == 1 { &minji } else { &juno };
        let body = json!({ "amount": amount });
        let request = event(&format!("/v1/auctions/{id}/bids"), who, &key, &body);
        let reply = taken_at(&app, request, end - Span::millis(taken)).await;
        assert_eq!(reply["status"], status, "{n}: {reply}");
        assert_eq!(reply["code"].as_str().unwrap_or_default(), code, "{n}: {reply}");
    }
    app.run_until_idle().await;
    assert_eq!(show(&app, &id).await["price"], 12_000);
}
