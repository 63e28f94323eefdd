use domain::withdrawal::State;
use kernel::Span;
use serde_json::{Value, json};

use super::StateName;
use crate::tests::fixture::World;

const PATH: &str = "/v1/admin/withdrawals";
const WORKER: &str = "wallet-on-withdrawal-requested";

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn list(world: &World, query: &str) -> Value {
    world.read(&world.admin(), &format!("{PATH}?{query}")).await
}

#[test]
fn every_state_is_asked_for_by_the_name_that_a_withdrawal_shows() {
    for state in State::ALL {
        let name: StateName = serde_json::from_value(json!(state.as_str())).unwrap();
        assert_eq!(State::from(name), *state);
    }
}

/// F11: there was no list of everybody's withdrawals.
#[tokio::test]
async fn everybodys_withdrawals_of_one_state_as_they_move() {
    let world = World::start().await;
    world.cloud.pause(WORKER);
    let minji = world.ready(1_000, "7890").await;
    let sora = world.ready(1_000, "7891").await;
    let mut asked = Vec::new();
    for (who, amount) in [(&minji, 1), (&sora, 2), (&minji, 3), (&sora, 4)] {
        world.clock.advance(Span::seconds(1));
        asked.push(world.requested(who, amount).await.to_string());
    }
    let oldest = list(&world, "state=requested&order=oldest").await;
    assert_eq!((ids(&oldest), &oldest["nextCursor"]), (asked.clone(), &Value::Null));
    let first = list(&world, "state=requested&limit=3").await;
    assert_eq!(ids(&first), [&*asked[3], &asked[2], &asked[1]]);
    let cursor = first["nextCursor"].as_str().unwrap();
    // The row where the page ended moves on: the next page begins where it would have.
    let path = format!("/v1/wallet/withdrawals/{}/cancel", asked[1]);
    world.post(&path).bearer(&sora.token).key("k").send().await.expect(200);
    let second = list(&world, &format!("state=requested&limit=3&cursor={cursor}")).await;
    assert_eq!((ids(&second), &second["nextCursor"]), (vec![asked[0].clone()], &Value::Null));
    assert_eq!(ids(&list(&world, "state=stopped").await), [asked[1].clone()]);
    world.cloud.resume(WORKER);
    world.run_until_idle().await;
    assert_eq!(ids(&list(&world, "state=requested").await), Vec::<String>::new());
    let done = list(&world, "state=done&order=oldest").await;
    assert_eq!(ids(&done), [&*asked[0], &asked[2], &asked[3]]);
    let one = &done["items"][0];
    assert_eq!(one["userId"], minji.id.to_string());
    assert_eq!((&one["attempts"], &one["dueAt"]), (&json!(1), &Value::Null));
    let text = done.to_string();
    assert!(!text.contains("김민지") && !text.contains("110234567890"), "{text}");
}

#[tokio::test]
async fn admins_alone_and_good_questions_alone() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    let ask = |query: &str, token: &str| world.get(&format!("{PATH}?{query}")).bearer(token).send();
    ask("state=done", &minji.token).await.expect_problem(403, "forbidden");
    let admin = world.admin().token;
    for bad in
        ["", "state=", "state=paid", "state=done&order=", "state=done&limit=101", "state=done&x=1"]
    {
        ask(bad, &admin).await.expect_problem(400, "invalid-request");
    }
    ask("state=done&cursor=x", &admin).await.expect_problem(400, "invalid-cursor");
}
