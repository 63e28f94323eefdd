use events::AuctionCreated;
use futures::future::join_all;
use kernel::Span;
use serde_json::{Value, json};
use testkit::TestApp;

use crate::tests::fixture::{auction, auction_id, bid, create, show, start, token, waiting};

/// A body with a field changed, and where the problem points.
type Bad = (Value, &'static str);

async fn check(app: &TestApp, cases: Vec<Bad>) {
    let seller = app.signed_in("seller");
    for (extra, pointer) in cases {
        let reply = create(app, &seller, extra.clone()).await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{extra}: {}", reply.text());
    }
    assert!(app.rows().await.heads().is_empty());
}

#[tokio::test]
async fn it_opens_at_once_and_tells_so() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let reply = create(&app, &seller, json!({ "title": "  필름 카메라 " })).await.expect(201);
    let body = reply.json();
    let id = body["id"].as_str().unwrap();
    assert_eq!(reply.header("location"), Some(format!("/v1/auctions/{id}").as_str()));
    let ends_at = app.now() + Span::minutes(10);
    for (name, due) in [
        ("title", json!("필름 카메라")),
        ("description", json!("")),
        ("status", json!("open")),
        ("price", json!(10_000)),
        ("startPrice", json!(10_000)),
        ("minimumNextBid", json!(10_000)),
        ("bidCount", json!(0)),
        ("leader", Value::Null),
        ("reserveMet", json!(true)),
        ("isMine", json!(true)),
        ("epoch", json!(0)),
        ("startsAt", json!(app.now())),
        ("createdAt", json!(app.now())),
        ("endsAt", json!(ends_at)),
        ("scheduledEnd", json!(ends_at)),
    ] {
        assert_eq!(body[name], due, "{name}");
    }
    let told = waiting::<AuctionCreated>(&app).await;
    let due = AuctionCreated { auction_id: auction_id(id), ends_at };
    let told: Vec<AuctionCreated> = told.iter().map(|told| told.open().unwrap()).collect();
    assert_eq!(told, [due]);
    assert_eq!(show(&app, id).await["title"], "필름 카메라");
}

#[tokio::test]
async fn bad_titles_and_descriptions() {
    let app = start().await;
    check(
        &app,
        vec![
            (json!({ "title": "" }), "/title"),
            (json!({ "title": " \t " }), "/title"),
            (json!({ "title": "가".repeat(101) }), "/title"),
            (json!({ "title": "a\u{0}b" }), "/title"),
            (json!({ "title": "a\nb" }), "/title"),
            (json!({ "title": null }), "/title"),
            (json!({ "title": 5 }), "/title"),
            (json!({ "description": "가".repeat(10_001) }), "/description"),
            (json!({ "description": [] }), "/description"),
            (json!({ "seller": "me" }), "/seller"),
            (json!({ "price": 1 }), "/price"),
        ],
    )
    .await;
    let seller = app.signed_in("seller");
    for extra in [
        json!({ "title": "🎞".repeat(100) }),
        json!({ "title": "Ünïcödé 카메라 №1" }),
        json!({ "description": "가\n".repeat(5_000) }),
    ] {
        create(&app, &seller, extra).await.expect(201);
    }
}

#[tokio::test]
async fn bad_amounts() {
    let app = start().await;
    let mut cases = vec![
        (json!({ "startPrice": null }), "/startPrice"),
        (json!({ "startPrice": "10000" }), "/startPrice"),
        (json!({ "reservePrice": 9_999 }), "/reservePrice"),
        (json!({ "buyNowPrice": 10_000 }), "/buyNowPrice"),
        (json!({ "buyNowPrice": 9_999 }), "/buyNowPrice"),
        (json!({ "reservePrice": 20_000, "buyNowPrice": 19_999 }), "/buyNowPrice"),
    ];
    for bad in
        [json!(-1), json!(1.5), json!(10_000.0), json!(u64::MAX), json!(1_000_000_000_001_i64)]
    {
        cases.extend([
            (json!({ "startPrice": bad }), "/startPrice"),
            (json!({ "increment": bad }), "/increment"),
            (json!({ "reservePrice": bad }), "/reservePrice"),
            (json!({ "buyNowPrice": bad }), "/buyNowPrice"),
        ]);
    }
    cases.push((json!({ "startPrice": 0 }), "/startPrice"));
    cases.push((json!({ "increment": 0 }), "/increment"));
    check(&app, cases).await;
    let seller = app.signed_in("seller");
    let edge = json!({ "startPrice": 1, "increment": 1, "reservePrice": 2, "buyNowPrice": 2 });
    create(&app, &seller, edge).await.expect(201);
    create(&app, &seller, json!({ "startPrice": 1_000_000_000_000_i64 })).await.expect(201);
}

#[tokio::test]
async fn bad_times() {
    let app = start().await;
    let at = |span: Span| json!(app.now() + span);
    let (past, day) = (json!(app.now() - Span::millis(1)), Span::days(1));
    let soon = at(Span::hours(1));
    check(
        &app,
        vec![
            (json!({ "startsAt": past }), "/startsAt"),
            (json!({ "startsAt": at(Span::millis(2_592_000_001)) }), "/startsAt"),
            (json!({ "startsAt": "tomorrow" }), "/startsAt"),
            (json!({ "startsAt": 5 }), "/startsAt"),
            (json!({ "durationSeconds": 59 }), "/durationSeconds"),
            (json!({ "durationSeconds": 0 }), "/durationSeconds"),
            (json!({ "durationSeconds": -1 }), "/durationSeconds"),
            (json!({ "durationSeconds": 2_592_001 }), "/durationSeconds"),
            (json!({ "durationSeconds": i64::MAX }), "/durationSeconds"),
            (json!({ "durationSeconds": 600.5 }), "/durationSeconds"),
            (json!({ "durationSeconds": null }), "/endsAt"),
            (json!({ "endsAt": at(day) }), "/endsAt"),
            (json!({ "durationSeconds": null, "endsAt": past }), "/endsAt"),
            (json!({ "durationSeconds": null, "endsAt": at(Span::seconds(59)) }), "/endsAt"),
            (json!({ "durationSeconds": null, "startsAt": at(day), "endsAt": soon }), "/endsAt"),
            (
                json!({ "durationSeconds": null, "endsAt": at(Span::millis(2_592_000_001)) }),
                "/endsAt",
            ),
        ],
    )
    .await;
    let seller = app.signed_in("seller");
    for extra in [
        json!({ "durationSeconds": 60 }),
        json!({ "durationSeconds": 2_592_000 }),
        json!({ "startsAt": at(Span::days(30)), "durationSeconds": 2_592_000 }),
        json!({ "durationSeconds": null, "endsAt": at(Span::days(30)) }),
    ] {
        create(&app, &seller, extra.clone()).await.expect(201);
    }
}

#[tokio::test]
async fn it_takes_a_signed_in_seller() {
    let app = start().await;
    let body = json!({ "title": "카메라", "startPrice": 10_000, "durationSeconds": 600 });
    let reply = app.post("/v1/auctions").json(body.clone()).send().await;
    reply.expect_problem(401, "unauthenticated");
    let reply = app.post("/v1/auctions").bearer("x.y.z").json(body).send().await;
    reply.expect_problem(401, "token-invalid");
}

#[tokio::test]
async fn a_key_makes_it_happen_once() {
    let app = start().await;
    let (seller, other) = (app.signed_in("seller"), app.signed_in("other"));
    let body = |title: &str| json!({ "title": title, "startPrice": 1_000, "durationSeconds": 600 });
    let post = async |who: &testkit::User, title: &str| {
        let request = app.post("/v1/auctions").bearer(&token(&app, who)).key("k-1");
        request.json(body(title)).send().await
    };
    let first = post(&seller, "하나").await.expect(201);
    let again = post(&seller, "하나").await.expect(201);
    assert_eq!((first.text(), first.header("location")), (again.text(), again.header("location")));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    post(&seller, "둘").await.expect_problem(422, "idempotency-key-reused");
    let others = post(&other, "하나").await.expect(201);
    assert_ne!(others.json()["id"], first.json()["id"]);
    assert_eq!(app.rows().await.auctions().len(), 2);
}

#[tokio::test]
async fn the_same_key_32_times_at_once_is_one_auction() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let body = json!({ "title": "카메라", "startPrice": 10_000, "durationSeconds": 600 });
    let replies = join_all((0..32).map(|_| {
        let request = app.post("/v1/auctions").bearer(&seller.token).key("once");
        request.json(body.clone()).send()
    }))
    .await;
    let first = replies[0].text();
    for reply in &replies {
        assert_eq!((reply.status(), reply.text()), (201, first.clone()));
    }
    let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!(app.rows().await.heads().len(), 1);
    assert_eq!(waiting::<AuctionCreated>(&app).await.len(), 1);
}

#[tokio::test]
async fn it_costs_a_read_and_one_transaction() {
    let app = start().await;
    let seller = app.signed_in("seller");
    let before = app.cloud.usage();
    create(&app, &seller, json!({})).await.expect(201);
    let spent = app.cloud.usage().since(&before);
    assert_eq!(
        (spent.calls("dynamodb:TransactWriteItems"), spent.round_trips()),
        (1, 2),
        "the seller's standing is read: {spent}"
    );
}

/// `rules.md`, "Auction": three refused wins in 90 days, no selling.
#[tokio::test]
async fn who_took_three_wins_back_sells_nothing() {
    let app = start().await;
    let seller = app.signed_in("seller");
    for (days, status) in [(1, 201), (2, 201), (91, 201), (3, 403)] {
        let then = app.now() - Span::days(days);
        app.strike(seller.id, store::auction::StrikeKind::Seller, then).await;
        let reply = create(&app, &seller, json!({})).await;
        assert_eq!(reply.status(), status, "{}", reply.text());
    }
    create(&app, &seller, json!({})).await.expect_problem(403, "seller-suspended");
}

/// F28: the end that a seller promises stands.
#[tokio::test]
async fn an_end_may_be_fixed() {
    let app = start().await;
    let [seller, minji] = ["seller", "minji"].map(|name| app.signed_in(name));
    for (soft, moved) in [(json!(null), true), (json!(true), true), (json!(false), false)] {
        let id = auction(&app, &seller, json!({ "softClose": soft, "durationSeconds": 60 })).await;
        let view = show(&app, &id).await;
        assert_eq!(view["softClose"], moved);
        let placed = bid(&app, &id, &minji, 10_000, None).await.expect(201).json();
        assert_eq!(placed["endsAt"] != view["endsAt"], moved, "{placed}");
    }
}
