use serde_json::json;

use crate::tests::fixture::World;

#[tokio::test]
async fn shows_what_is_available_held_and_owed() {
    let world = World::start().await;
    let (minji, nobody) = (world.ready(1_000, "7890").await, world.signed_in("nobody"));
    let wallet = |earned: i64, may: i64, held: i64, owed: i64| {
        json!({
            "available": earned, "spendOnly": 0, "earned": earned, "withdrawable": may,
            "held": held, "owed": owed,
        })
    };
    let zero = wallet(0, 0, 0, 0);
    assert_eq!(world.read(&nobody, "/v1/wallet").await, zero);
    world.cloud.pause("wallet-on-withdrawal-requested");
    world.requested(&minji, 300).await;
    assert_eq!(world.read(&minji, "/v1/wallet").await, wallet(700, 700, 300, 0));
    world.owe(minji.id, nobody.id, 70).await;
    let due = wallet(700, 0, 300, 70);
    assert_eq!(world.read(&minji, "/v1/wallet").await, due);
    world.cloud.resume("wallet-on-withdrawal-requested");
}

#[tokio::test]
async fn needs_a_caller() {
    let world = World::start().await;
    world.get("/v1/wallet").send().await.expect_problem(401, "unauthenticated");
}
