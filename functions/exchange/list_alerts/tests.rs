use kernel::Span;

use crate::tests::fixture::Floor;

#[tokio::test]
async fn everybody_sees_their_own_newest_first() {
    let floor = Floor::open().await;
    let [anna, bora] = [floor.trader().await, floor.trader().await];
    for price in [3_000, 1_000, 2_000] {
        floor.alert(&anna, price).await.expect(201);
        floor.clock.advance(Span::seconds(1));
    }
    floor.alert(&bora, 9_000).await.expect(201);
    assert_eq!(floor.waiting(&anna).await, [2_000, 1_000, 3_000]);
    assert_eq!(floor.waiting(&bora).await, [9_000]);
    let list = |query: String, token: String| {
        floor.get(&format!("/v1/exchange/alerts?{query}")).bearer(&token).send()
    };
    let first = list("limit=2".to_owned(), floor.token_of(&anna)).await.expect(200).json();
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = list(format!("cursor={cursor}"), floor.token_of(&anna)).await.expect(200).json();
    assert_eq!(rest["items"][0]["price"], 3_000);
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let stolen = list(format!("cursor={cursor}"), floor.token_of(&bora)).await;
    stolen.expect_problem(400, "invalid-cursor");
    for query in ["limit=0", "limit=101", "option=270"] {
        let reply = list(query.to_owned(), floor.token_of(&anna)).await;
        reply.expect_problem(400, "invalid-request");
    }
    floor.get("/v1/exchange/alerts").send().await.expect_problem(401, "unauthenticated");
}
