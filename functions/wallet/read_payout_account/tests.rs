use crate::tests::fixture::World;

const PATH: &str = "/v1/me/payout-account";

#[tokio::test]
async fn shows_the_callers_own_masked() {
    let world = World::start().await;
    let (minji, other) = (world.signed_in("minji"), world.signed_in("other"));
    let created = world.register(&minji, "110-234-567890").await.expect(201).json();
    let shown = world.read(&minji, PATH).await;
    assert_eq!(shown, created);
    assert_eq!(shown["accountNumber"], "********7890");
    let foreign = world.get(PATH).bearer(&other.token).send().await;
    foreign.expect_problem(404, "payout-account-not-found");
    world.get(PATH).send().await.expect_problem(401, "unauthenticated");
}
