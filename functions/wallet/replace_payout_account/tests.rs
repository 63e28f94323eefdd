use serde_json::json;

use crate::tests::fixture::{World, account};

const PATH: &str = "/v1/me/payout-account";

#[tokio::test]
async fn replaces_what_is_there() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let put = async |number: &str| {
        world.put(PATH).bearer(&minji.token).json(account(number)).send().await
    };
    put("110234561111").await.expect_problem(404, "payout-account-not-found");
    world.register(&minji, "110234567890").await.expect(201);
    assert_eq!(put("110234561111").await.expect(200).json()["accountNumber"], "********1111");
    assert_eq!(world.read(&minji, PATH).await["accountNumber"], "********1111");
    put("110234569999").await.expect_problem(409, "payout-account-unverified");
    assert_eq!(world.read(&minji, PATH).await["accountNumber"], "********1111");
    let bad = world.put(PATH).bearer(&minji.token).json(json!({ "bankCode": "088" })).send().await;
    bad.expect_problem(400, "invalid-request");
    world.put(PATH).send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn what_was_asked_for_before_goes_to_the_old_account() {
    let world = World::start().await;
    let minji = world.ready(1_000, "8888").await; // closed: the bank refuses it
    let id = world.requested(&minji, 400).await;
    let body = account("110234561111");
    world.put(PATH).bearer(&minji.token).json(body).send().await.expect(200);
    world.run_until_idle().await;
    let path = format!("/v1/wallet/withdrawals/{id}");
    let shown = world.read(&minji, &path).await;
    assert_eq!(
        (&shown["accountNumber"], &shown["state"]),
        (&json!("********8888"), &json!("failed"))
    );
    world.requested(&minji, 400).await;
    world.run_until_idle().await;
    assert_eq!(world.money(&minji).await, (600, 0));
}
