use serde_json::{Value, json};

use crate::tests::fixture::Floor;

#[tokio::test]
async fn pages_follow_each_other_best_first() {
    let floor = Floor::open().await;
    let anna = floor.trader().await;
    for price in [103_000, 101_000, 105_000, 101_000, 102_000] {
        floor.rest(&anna, "sell", price).await;
    }
    let gone = floor.rest(&anna, "sell", 100_000).await;
    floor.run_until_idle().await;
    floor.cancel(&anna, gone).await.expect(200);
    floor.run_until_idle().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = floor.view(&format!("depth?limit=2{cursor}")).await.expect(200).json();
        seen.extend(page["items"].as_array().unwrap().clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let due = [(101_000, 2), (102_000, 1), (103_000, 1), (105_000, 1)]
        .map(|(price, count)| json!({ "price": price, "count": count }));
    assert_eq!(seen, due);
    // A cursor belongs to its side, and to its option.
    let page = floor.view("depth?limit=2").await.expect(200).json();
    let cursor = page["nextCursor"].as_str().unwrap();
    let reply = floor.view(&format!("depth?side=buy&cursor={cursor}")).await;
    reply.expect_problem(400, "invalid-cursor");
    let path = format!("/v1/catalog/{}/options/280/depth?cursor={cursor}", floor.item);
    floor.get(&path).send().await.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn what_nobody_can_answer() {
    let floor = Floor::open().await;
    let rows = [
        ("side=both", "query/side"),
        ("side=", "query/side"),
        ("limit=0", "query/limit"),
        ("limit=101", "query/limit"),
        ("limit=-1", "query/limit"),
        ("limit=1.0", "query/limit"),
        ("cursor=forged", "query/cursor"),
        ("surprise=1", "query/surprise"),
    ];
    for (query, pointer) in rows {
        let reply = floor.view(&format!("depth?{query}")).await;
        assert_eq!(reply.status(), 400, "{query}");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{query}");
    }
    for option in ["271", "xs", "270%20", "ONE", "%3Cb%3E"] {
        let path = format!("/v1/catalog/{}/options/{option}/depth", floor.item);
        let reply = floor.get(&path).send().await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "path/option", "{option}");
    }
    let path = format!("/v1/catalog/{}/options/290/depth", floor.item);
    floor.get(&path).send().await.expect_problem(404, "not-traded");
    assert_eq!(floor.view("depth").await.expect(200).json()["nextCursor"], Value::Null);
}
