use kernel::Span;
use serde_json::Value;

use crate::tests::fixture::Floor;

async fn starts(floor: &Floor, query: &str) -> Vec<String> {
    let history = floor.view(&format!("history?{query}")).await.expect(200).json();
    let bars = history["bars"].as_array().unwrap();
    bars.iter().map(|bar| bar["start"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_stretch_has_the_bars_that_it_touches() {
    let floor = Floor::open().await;
    for (number, hours) in [(1, 1), (2, 30), (3, 71), (4, 80), (5, 24 * 40)] {
        let at = floor.now() - Span::hours(hours);
        floor.publish(&floor.paid(number, 100_000, at)).await;
    }
    floor.run_until_idle().await;
    let hours = starts(&floor, "bucket=hour").await;
    let due = ["2026-11-18T01:00:00.000Z", "2026-11-19T18:00:00.000Z", "2026-11-20T23:00:00.000Z"];
    assert_eq!(hours, due);
    // Seoul's days, the last thirty.
    let due = ["2026-11-17T15:00:00.000Z", "2026-11-19T15:00:00.000Z", "2026-11-20T15:00:00.000Z"];
    assert_eq!(starts(&floor, "bucket=day").await, due);
    assert_eq!(starts(&floor, "").await, due);
    assert_eq!(starts(&floor, "from=2025-11-01T00:00:00Z").await.len(), 4);
    let (from, to) = ("from=2026-11-19T18:59:59Z", "to=2026-11-20T22:59:59.999Z");
    assert_eq!(starts(&floor, &format!("bucket=hour&{from}&{to}")).await, [hours[1].clone()]);
    let to = "to=2026-11-20T23:00:00%2B00:00";
    assert_eq!(starts(&floor, &format!("bucket=hour&{from}&{to}")).await, hours[1..]);
}

#[tokio::test]
async fn what_nobody_can_answer() {
    let floor = Floor::open().await;
    let rows = [
        ("bucket=minute", "query/bucket"),
        ("bucket=", "query/bucket"),
        ("from=yesterday", "query/from"),
        ("from=", "query/from"),
        ("to=2026-11-21", "query/to"),
        ("to=1e3", "query/to"),
        ("from=2026-11-21T00:00:00.001Z", "query/from"),
        ("from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z", "query/from"),
        ("from=2025-01-01T00:00:00Z", "query/from"),
        ("bucket=hour&from=2026-11-01T00:00:00Z", "query/from"),
        ("cursor=x", "query/cursor"),
    ];
    for (query, pointer) in rows {
        let reply = floor.view(&format!("history?{query}")).await;
        let reply = reply.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], pointer, "{query}");
    }
    for (option, status, code) in [("275", 400, "invalid-request"), ("290", 404, "not-traded")] {
        let path = format!("/v1/catalog/{}/options/{option}/history", floor.item);
        floor.get(&path).send().await.expect_problem(status, code);
    }
    assert_eq!(floor.view("history").await.expect(200).json()["bars"], Value::Array(Vec::new()));
}
