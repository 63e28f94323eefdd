use futures::future::join_all;
use serde_json::json;

use crate::tests::fixture::Floor;

#[tokio::test]
async fn a_price_is_waited_for_once() {
    let floor = Floor::open().await;
    let bora = floor.trader().await;
    let made = floor.alert(&bora, 100_000).await.expect(201);
    let path = format!("/v1/exchange/alerts/{}/270/100000", floor.item);
    assert_eq!(made.header("location"), Some(&*path));
    let due = json!({
        "itemId": floor.item, "option": "270", "title": "에어 조던 1 270", "price": 100_000,
        "createdAt": floor.now(),
    });
    assert_eq!(made.json(), due);
    floor.alert(&bora, 100_000).await.expect_problem(409, "alert-exists");
    floor.alert(&bora, 101_000).await.expect(201);
    floor.alert(&floor.trader().await, 100_000).await.expect(201);
}

#[tokio::test]
async fn the_same_request_twice_is_one_alert() {
    let floor = Floor::open().await;
    let bora = floor.trader().await;
    let body = json!({ "itemId": floor.item, "option": "270", "price": 100_000 });
    let ask = || {
        let request = floor.post("/v1/exchange/alerts").bearer(&bora.user.token).key("one");
        request.json(body.clone()).send()
    };
    let first = ask().await.expect(201);
    let again = ask().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(first.json(), again.json());
}

#[tokio::test]
async fn a_price_that_is_reached_already_is_told_at_once() {
    let floor = Floor::open().await;
    let [anna, bora] = [floor.trader().await, floor.trader().await];
    floor.rest(&anna, "sell", 100_000).await;
    floor.run_until_idle().await;
    floor.alert(&bora, 99_000).await.expect(201);
    floor.alert(&bora, 100_000).await.expect(201);
    floor.alert(&bora, 150_000).await.expect(201);
    floor.run_until_idle().await;
    let me = bora.user.id.to_string();
    assert_eq!(floor.told().await, [(me.clone(), 100_000, 100_000), (me, 150_000, 100_000)]);
    assert_eq!(floor.waiting(&bora).await, [99_000]);
    // It can be waited for again, and is told again.
    floor.alert(&bora, 100_000).await.expect(201);
    floor.run_until_idle().await;
    assert_eq!(floor.told().await.len(), 3);
}

#[tokio::test]
async fn a_hundred_alerts_a_user_whatever_races() {
    let floor = Floor::open().await;
    let bora = floor.trader().await;
    for number in 1..=97 {
        floor.alert(&bora, number * 1_000).await.expect(201);
    }
    let racing = (1..=8).map(|number| floor.alert(&bora, 200_000 + number * 1_000));
    let replies = join_all(racing).await;
    let made = replies.iter().filter(|reply| reply.status() == 201).count();
    assert_eq!(made, 3);
    for reply in replies.into_iter().filter(|reply| reply.status() != 201) {
        reply.expect_problem(409, "alerts-full");
    }
    // One that is there is told so, full or not.
    floor.alert(&bora, 1_000).await.expect_problem(409, "alert-exists");
    floor.delete_alert(&bora, 1_000).await.expect(204);
    floor.alert(&bora, 300_000).await.expect(201);
    floor.alert(&bora, 301_000).await.expect_problem(409, "alerts-full");
}

#[tokio::test]
async fn the_same_alert_at_once_is_made_once() {
    let floor = Floor::open().await;
    let bora = floor.trader().await;
    let replies = join_all((0..6).map(|_| floor.alert(&bora, 100_000))).await;
    let made = replies.iter().filter(|reply| reply.status() == 201).count();
    assert_eq!(made, 1);
    for reply in replies.into_iter().filter(|reply| reply.status() != 201) {
        reply.expect_problem(409, "alert-exists");
    }
    assert_eq!(floor.waiting(&bora).await, [100_000]);
}

#[tokio::test]
async fn what_cannot_be_waited_for() {
    let floor = Floor::open().await;
    let bora = floor.trader().await;
    let ask = |body: serde_json::Value| {
        floor.post("/v1/exchange/alerts").bearer(&bora.user.token).json(body).send()
    };
    let prices = [
        "0",
        "999",
        "1500",
        "-1000",
        "\"aaa\"",
        "1e3",
        "1000.0",
        "null",
        "970000001000",
        "99999999999999999999",
    ];
    for price in prices {
        let body =
            format!("{{\"itemId\":\"{}\",\"option\":\"270\",\"price\":{price}}}", floor.item);
        let request = floor.post("/v1/exchange/alerts").bearer(&bora.user.token);
        let request = request.header("content-type", "application/json").body(body);
        let reply = request.send().await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "/price", "{price}");
    }
    let other = "01938f3c-7e2a-7000-8000-000000000001";
    for (item, option) in [(other, "270"), (&*floor.item, "290")] {
        let body = json!({ "itemId": item, "option": option, "price": 1_000 });
        ask(body).await.expect_problem(404, "not-traded");
    }
    for body in [
        json!({ "itemId": "x", "option": "270", "price": 1_000 }),
        json!({ "itemId": floor.item, "option": "huge", "price": 1_000 }),
        json!({ "itemId": floor.item, "option": "270" }),
        json!({ "itemId": floor.item, "option": "270", "price": 1_000, "side": "buy" }),
    ] {
        ask(body).await.expect_problem(400, "invalid-request");
    }
    let path = format!("/v1/catalog/{}", floor.item);
    floor.delete(&path).bearer(&floor.admin().token).send().await.expect(204);
    let body = json!({ "itemId": floor.item, "option": "270", "price": 1_000 });
    ask(body).await.expect_problem(404, "not-traded");
}
