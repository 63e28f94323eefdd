use std::sync::Arc;

use store::Table;
use testkit::TestApp;

use crate::tests::fixture::{Person, at_once, count, sign_up, start};

const UNKNOWN: &str = "01938f3c-7e2a-7000-8000-000000000001";

/// The sellers who block this user, by the rows that a bid reads.
async fn blocked_by(app: &TestApp, person: &Person, among: &[&Person]) -> Vec<String> {
    let mut sellers = Vec::new();
    for seller in among {
        let (by, other) = (seller.id.parse().unwrap(), person.id.parse().unwrap());
        if app.store().is_blocked(by, other).await.unwrap() {
            sellers.push(seller.id.clone());
        }
    }
    sellers
}

fn path(person: &Person) -> String {
    format!("/v1/me/blocks/{}", person.id)
}

#[tokio::test]
async fn holds_until_taken_back() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    let troll = sign_up(&app, "troll").await;
    for seller in [&minji, &jiho, &minji] {
        let reply = app.put(&path(&troll)).bearer(&seller.access).send().await.expect(204);
        assert_eq!(reply.text(), "");
    }
    let both = [&minji, &jiho];
    assert_eq!(blocked_by(&app, &troll, &both).await, [minji.id.clone(), jiho.id.clone()]);
    assert!(blocked_by(&app, &minji, &both).await.is_empty());
    for _ in 0..2 {
        app.delete(&path(&troll)).bearer(&minji.access).send().await.expect(204);
    }
    assert_eq!(blocked_by(&app, &troll, &both).await, std::slice::from_ref(&jiho.id));
    app.delete(&path(&troll)).bearer(&jiho.access).send().await.expect(204);
    assert!(blocked_by(&app, &troll, &both).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_block_many_times_at_once_is_one() {
    let app = start().await;
    let minji = Arc::new(sign_up(&app, "minji").await);
    let troll = Arc::new(sign_up(&app, "troll").await);
    let replies = at_once(8, |_| {
        let (app, minji, troll) = (Arc::clone(&app), Arc::clone(&minji), Arc::clone(&troll));
        async move { app.put(&path(&troll)).bearer(&minji.access).send().await }
    });
    assert_eq!(count(&replies.await, 204), 8);
    assert_eq!(blocked_by(&app, &troll, &[&*minji]).await, std::slice::from_ref(&minji.id));
}

#[tokio::test]
async fn refuses_oneself_and_the_unknown() {
    let app = start().await;
    let minji = sign_up(&app, "minji").await;
    let own = app.put(&path(&minji)).bearer(&minji.access).send().await;
    own.expect_problem(409, "cannot-block-yourself");
    let unknown = app.put(&format!("/v1/me/blocks/{UNKNOWN}")).bearer(&minji.access).send().await;
    unknown.expect_problem(404, "user-not-found");
    let bad = app.put("/v1/me/blocks/nobody").bearer(&minji.access).send().await;
    bad.expect_problem(400, "invalid-request");
    app.put(&path(&minji)).send().await.expect_problem(401, "unauthenticated");
    assert!(app.rows().await.table(Table::Auction).is_empty());
}
