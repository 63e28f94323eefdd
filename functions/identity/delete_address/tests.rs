use std::sync::Arc;

use crate::{
    create_address::tests::{add, body},
    tests::fixture::{at_once, count, sign_up, start},
};

#[tokio::test]
async fn takes_ones_own_out_and_makes_room() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    let mut last = String::new();
    for _ in 0..20 {
        let address = add(&app, &minji, body()).await.expect(201).json();
        last = format!("/v1/me/addresses/{}", address["id"].as_str().unwrap());
    }
    add(&app, &minji, body()).await.expect_problem(409, "address-book-full");
    let foreign = app.delete(&last).bearer(&jiho.access).send().await;
    foreign.expect_problem(404, "address-not-found");
    app.delete(&last).bearer(&minji.access).send().await.expect(204);
    let again = app.delete(&last).bearer(&minji.access).send().await;
    again.expect_problem(404, "address-not-found");
    add(&app, &minji, body()).await.expect(201);
    let bad = app.delete("/v1/me/addresses/x").bearer(&minji.access).send().await;
    bad.expect_problem(400, "invalid-request");
    app.delete(&last).send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_many_times_at_once_it_counts_once() {
    let app = start().await;
    let minji = Arc::new(sign_up(&app, "minji").await);
    let address = add(&app, &minji, body()).await.expect(201).json();
    let path = format!("/v1/me/addresses/{}", address["id"].as_str().unwrap());
    let replies = at_once(8, |_| {
        let (app, minji, path) = (Arc::clone(&app), Arc::clone(&minji), path.clone());
        async move { app.delete(&path).bearer(&minji.access).send().await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 204), count(&replies, 404)), (1, 7));
    // Room for twenty, not for twenty-seven.
    for _ in 0..20 {
        add(&app, &minji, body()).await.expect(201);
    }
    add(&app, &minji, body()).await.expect_problem(409, "address-book-full");
}
