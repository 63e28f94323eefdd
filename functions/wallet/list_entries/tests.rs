use kernel::Span;
use serde_json::json;

use crate::tests::fixture::World;

const PATH: &str = "/v1/wallet/entries";

#[tokio::test]
async fn lists_the_callers_own_newest_first_and_adds_up() {
    let world = World::start().await;
    let (minji, other) = (world.ready(1_000, "7890").await, world.rich(5).await);
    world.clock.advance(Span::millis(1));
    let id = world.requested(&minji, 400).await;
    world.clock.advance(Span::millis(1));
    world.run_until_idle().await;
    let page = world.read(&minji, PATH).await;
    let items = page["items"].as_array().unwrap();
    let kinds: Vec<_> = items.iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["withdrawal", "hold", "top-up"]);
    let newest = json!({
        "kind": "withdrawal",
        "reason": format!("withdrawal#{id}"),
        "availableChange": 0,
        "spendOnlyChange": 0,
        "earnedChange": 0,
        "heldChange": -400,
        "owedChange": 0,
        "at": "2026-11-21T00:00:00.002Z",
    });
    assert_eq!(items[0], newest);
    let sum: i64 = items.iter().map(|item| item["availableChange"].as_i64().unwrap()).sum();
    assert_eq!(world.money(&minji).await, (sum, 0));

    let first = world.read(&minji, &format!("{PATH}?limit=2")).await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = world.read(&minji, &format!("{PATH}?limit=2&cursor={cursor}")).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let foreign = world.get(&format!("{PATH}?cursor={cursor}")).bearer(&other.token);
    foreign.send().await.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn refuses_what_is_no_page() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    for query in ["limit=0", "limit=-1", "limit=101", "limit=aaa", "limit=1.5", "page=1"] {
        let reply = world.get(&format!("{PATH}?{query}")).bearer(&minji.token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    world.get(PATH).send().await.expect_problem(401, "unauthenticated");
}
