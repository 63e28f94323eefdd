use kernel::UserId;
use serde_json::{Value, json};
use store::{Table, Write, keys};
use testkit::User;

use crate::tests::fixture::World;

async fn audit(world: &World, user: UserId) -> Value {
    let admin: User = world.admin();
    let request = world.get(&format!("/v1/admin/users/{user}/audit")).bearer(&admin.token);
    request.send().await.expect(200).json()
}

#[tokio::test]
async fn balanced_books_have_no_differences() {
    let world = World::start().await;
    let minji = world.ready(1_000, "7890").await;
    world.requested(&minji, 400).await;
    world.run_until_idle().await;
    let balances = json!({ "spendOnly": 0, "earned": 600, "held": 0, "owed": 0 });
    let due = json!({
        "userId": minji.id.to_string(),
        "lines": 3,
        "complete": true,
        "kept": balances,
        "recomputed": balances,
        "differences": [],
    });
    assert_eq!(audit(&world, minji.id).await, due);
}

#[tokio::test]
async fn reads_page_after_page() {
    let world = World::start().await;
    let minji = world.signed_in("minji");
    for _ in 0..230 {
        world.give(&minji, 3).await;
    }
    let found = audit(&world, minji.id).await;
    assert_eq!((&found["lines"], &found["differences"]), (&json!(230), &json!([])));
    assert_eq!(found["recomputed"]["earned"], 690);
}

#[tokio::test]
async fn names_what_differs() {
    let world = World::start().await;
    world.leave_unchecked(); // the books are tampered with
    let minji = world.ready(1_000, "7890").await;
    let id = world.requested(&minji, 400).await;
    world.run_until_idle().await;
    let wallet = Write::update(Table::Wallet, keys::wallet(minji.id)).add("earned", 5);
    world.store().write(wallet.if_present("pk")).await.unwrap();
    let line = keys::wallet_line(minji.id, world.now(), &format!("withdrawal#{id}"));
    let line = Write::update(Table::Wallet, line).set_number("held", -399);
    world.store().write(line.if_present("pk")).await.unwrap();
    let entry = keys::journal(&format!("hold#withdrawal#{id}"));
    let entry = Write::update(Table::Wallet, entry).set_number("at", 7);
    world.store().write(entry.if_present("pk")).await.unwrap();
    let found = audit(&world, minji.id).await;
    let differences: Vec<&str> = found["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect();
    let user = minji.id;
    for due in [
        format!("entry hold#withdrawal#{id} does not match its checksum"),
        format!("history of {user}, withdrawal#{id}: the entry says otherwise"),
        format!("earned#{user}: the row says 605, the journal 600"),
        format!("held#{user}: the row says 0, the journal 1"),
    ] {
        assert!(differences.contains(&&*due), "{due} is not in {differences:#?}");
    }
}

#[tokio::test]
async fn is_for_admins_and_for_users_that_exist() {
    let world = World::start().await;
    let (minji, admin) = (world.rich(5).await, world.admin());
    let path = format!("/v1/admin/users/{}/audit", minji.id);
    world.get(&path).send().await.expect_problem(401, "unauthenticated");
    world.get(&path).bearer(&minji.token).send().await.expect_problem(403, "forbidden");
    let unknown = "/v1/admin/users/01938f3c-7e2a-7000-8000-000000000001/audit";
    let unknown = world.get(unknown).bearer(&admin.token).send().await;
    unknown.expect_problem(404, "user-not-found");
    let bad = world.get("/v1/admin/users/1/audit").bearer(&admin.token).send().await;
    bad.expect_problem(400, "invalid-request");
}
