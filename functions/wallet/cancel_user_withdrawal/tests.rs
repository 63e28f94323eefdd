use domain::withdrawal::State;
use kernel::WithdrawalId;
use serde_json::{Value, json};
use testkit::{Reply, User};
use uuid::Uuid;

use crate::tests::fixture::World;

const WORKER: &str = "wallet-on-withdrawal-requested";
const WHY: &str = "계좌 도용 신고";

struct Asked<'a> {
    by: &'a User,
    whose: &'a User,
    id: WithdrawalId,
    body: Value,
}

async fn ask(world: &World, key: &str, asked: Asked<'_>) -> Reply {
    let Asked { by, whose, id, body } = asked;
    let path = format!("/v1/admin/users/{}/withdrawals/{id}/cancel", whose.id);
    world.post(&path).bearer(&by.token).key(key).json(body).send().await
}

async fn acts(world: &World) -> Value {
    world.read(&world.admin(), "/v1/admin/staff-acts").await["items"].clone()
}

#[tokio::test]
async fn staff_stops_with_a_reason_that_is_kept() {
    let world = World::start().await;
    world.cloud.pause(WORKER);
    let minji = world.ready(1_000, "7890").await;
    let admin = world.admin();
    let id = world.requested(&minji, 400).await;
    let asked = || Asked { by: &admin, whose: &minji, id, body: json!({ "reason": WHY }) };
    let stopped = ask(&world, "k", asked()).await.expect(200).json();
    assert_eq!(stopped["state"], "stopped");
    assert_eq!(world.money(&minji).await, (1_000, 0));
    // The same again is told the same, and noted once.
    assert_eq!(ask(&world, "k", asked()).await.expect(200).json(), stopped);
    let other = ask(&world, "l", asked()).await.expect_problem(409, "withdrawal-not-requested");
    assert_eq!(other.json()["state"], "stopped");
    let acts = acts(&world).await;
    assert_eq!(acts.as_array().unwrap().len(), 1);
    let expected = [
        ("by", admin.id.to_string()),
        ("what", "wallet-cancel-user-withdrawal".to_owned()),
        ("whom", format!("withdrawal#{id}")),
        ("why", WHY.to_owned()),
        ("before", "requested".to_owned()),
        ("after", "stopped".to_owned()),
    ];
    for (name, value) in expected {
        assert_eq!(acts[0][name], value, "{name}");
    }
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
    assert_eq!((world.state(&minji, id).await, world.bank.paid().len()), (State::Stopped, 0));
}

#[tokio::test]
async fn admins_alone_for_others_and_with_a_reason() {
    let world = World::start().await;
    world.cloud.pause(WORKER);
    let minji = world.ready(1_000, "7890").await;
    let admin = world.admin();
    let id = world.requested(&minji, 400).await;
    let fine = || json!({ "reason": WHY });
    let long = "가".repeat(201);
    let cases = [
        (&minji, &minji, id, fine(), 403, "forbidden"),
        (&admin, &admin, id, fine(), 403, "forbidden"),
        (&admin, &minji, WithdrawalId::from_uuid(Uuid::nil()), fine(), 404, "withdrawal-not-found"),
        (&admin, &minji, id, json!({}), 400, "invalid-request"),
        (&admin, &minji, id, json!({ "reason": "" }), 400, "invalid-request"),
        (&admin, &minji, id, json!({ "reason": " \u{3000} " }), 400, "invalid-request"),
        (&admin, &minji, id, json!({ "reason": long }), 400, "invalid-request"),
        (&admin, &minji, id, json!({ "reason": 1 }), 400, "invalid-request"),
        (&admin, &minji, id, json!({ "reason": WHY, "state": "done" }), 400, "invalid-request"),
    ];
    for (n, (by, whose, id, body, status, code)) in cases.into_iter().enumerate() {
        let asked = Asked { by, whose, id, body };
        ask(&world, &format!("k{n}"), asked).await.expect_problem(status, code);
    }
    // Another's withdrawal under an uninvolved user's path.
    let sora = world.signed_in("sora");
    let asked = Asked { by: &admin, whose: &sora, id, body: fine() };
    ask(&world, "sora", asked).await.expect_problem(404, "withdrawal-not-found");
    assert_eq!(world.state(&minji, id).await, State::Requested);
    assert_eq!((world.money(&minji).await, acts(&world).await), ((600, 400), json!([])));
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
}
