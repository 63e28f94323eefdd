use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::Floor;

#[tokio::test]
async fn trades_are_listed_newest_first_and_name_nobody() {
    let floor = Floor::open().await;
    for number in 1..=5_i64 {
        let at = floor.now() - Span::minutes(number);
        floor.publish(&floor.paid(u128::from(number.unsigned_abs()), number * 1_000, at)).await;
    }
    floor.run_until_idle().await;
    let first = floor.view("trades?limit=3").await.expect(200).json();
    assert_eq!(first["items"][0], json!({ "price": 1_000, "at": "2026-11-20T23:59:00.000Z" }));
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = floor.view(&format!("trades?limit=3&cursor={cursor}")).await.expect(200).json();
    let prices = |page: &Value| {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item["price"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((prices(&first), prices(&rest)), (vec![1_000, 2_000, 3_000], vec![4_000, 5_000]));
    assert_eq!(rest["nextCursor"], Value::Null);
    let path = format!("/v1/catalog/{}/options/280/trades?cursor={cursor}", floor.item);
    floor.get(&path).send().await.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn what_nobody_can_answer() {
    let floor = Floor::open().await;
    for query in ["limit=0", "limit=101", "limit=ten", "side=buy"] {
        floor.view(&format!("trades?{query}")).await.expect_problem(400, "invalid-request");
    }
    floor.view("trades?cursor=forged").await.expect_problem(400, "invalid-cursor");
    for (option, status, code) in [("275", 400, "invalid-request"), ("290", 404, "not-traded")] {
        let path = format!("/v1/catalog/{}/options/{option}/trades", floor.item);
        floor.get(&path).send().await.expect_problem(status, code);
    }
}
