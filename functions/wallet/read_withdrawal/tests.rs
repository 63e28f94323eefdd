use crate::tests::fixture::World;

#[tokio::test]
async fn follows_a_withdrawal_and_hides_foreign_ones() {
    let world = World::start().await;
    let (minji, other) = (world.ready(1_000, "8888").await, world.signed_in("other"));
    let id = world.requested(&minji, 400).await;
    let path = format!("/v1/wallet/withdrawals/{id}");
    assert_eq!(world.read(&minji, &path).await["state"], "requested");
    world.run_until_idle().await;
    let shown = world.read(&minji, &path).await;
    assert_eq!(
        (&*shown["state"].to_string(), &*shown["failure"].to_string()),
        (r#""failed""#, r#""the account is closed""#)
    );
    assert_eq!(shown["finishedAt"], "2026-11-21T00:00:00.000Z");
    let foreign = world.get(&path).bearer(&other.token).send().await;
    foreign.expect_problem(404, "withdrawal-not-found");
    let unknown = "/v1/wallet/withdrawals/01938f3c-7e2a-7000-8000-000000000001";
    world
        .get(unknown)
        .bearer(&minji.token)
        .send()
        .await
        .expect_problem(404, "withdrawal-not-found");
    let bad = world.get("/v1/wallet/withdrawals/1").bearer(&minji.token).send().await;
    bad.expect_problem(400, "invalid-request");
    world.get(&path).send().await.expect_problem(401, "unauthenticated");
}
