use kernel::Span;
use serde_json::json;

use crate::tests::fixture::World;

const PATH: &str = "/v1/wallet/withdrawals";

#[tokio::test]
async fn lists_the_callers_own_newest_first() {
    let world = World::start().await;
    let (minji, other) = (world.ready(1_000, "7890").await, world.signed_in("other"));
    let mut ids = Vec::new();
    for amount in [10, 20, 30] {
        world.clock.advance(Span::millis(1));
        ids.push(world.requested(&minji, amount).await.to_string());
    }
    let first = world.read(&minji, &format!("{PATH}?limit=2")).await;
    let id =
        |page: &serde_json::Value, at: usize| page["items"][at]["id"].as_str().map(str::to_owned);
    assert_eq!((id(&first, 0), id(&first, 1)), (Some(ids[2].clone()), Some(ids[1].clone())));
    let cursor = first["nextCursor"].as_str().unwrap();
    let rest = world.read(&minji, &format!("{PATH}?limit=2&cursor={cursor}")).await;
    assert_eq!((id(&rest, 0), &rest["nextCursor"]), (Some(ids[0].clone()), &json!(null)));
    let none = json!({ "items": [], "nextCursor": null });
    assert_eq!(world.read(&other, PATH).await, none);
    let foreign = world.get(&format!("{PATH}?cursor={cursor}")).bearer(&other.token);
    foreign.send().await.expect_problem(400, "invalid-cursor");
    let bad = world.get(&format!("{PATH}?limit=0")).bearer(&minji.token).send().await;
    bad.expect_problem(400, "invalid-request");
}
