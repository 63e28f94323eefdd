use std::sync::Arc;

use kernel::Span;
use serde_json::json;

use crate::tests::fixture::{
    NOWHERE, at_once, count, create_tag, encoded, ids, item, link, only_admins, show, start, walk,
};

#[tokio::test]
async fn a_tags_items_are_listed_the_one_tagged_last_first() {
    let app = start().await;
    let mut items = Vec::new();
    for _ in 0..3 {
        items.push(item(&app, json!({})).await);
    }
    create_tag(&app, "러닝 화").await.expect(201);
    for at in [1, 0, 2] {
        app.clock.advance(Span::seconds(1));
        assert_eq!(link(&app, &items[at], "러닝 화").await.expect(204).text(), "");
    }
    let path = format!("/v1/catalog?tag={}", encoded("러닝 화"));
    for limit in [1, 2, 3, 10] {
        let found = ids(&walk(&app, &path, limit).await);
        assert_eq!(found, [&*items[2], &*items[0], &*items[1]], "by {limit}");
    }
    assert_eq!(show(&app, &items[0]).await.json()["tags"], json!(["러닝 화"]));
}

#[tokio::test]
async fn a_tag_is_put_on_an_item_once_however_it_is_spelled() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    create_tag(&app, "sneaker").await.expect(201);
    link(&app, &id, "Sneaker").await.expect(204);
    for tag in ["sneaker", "SNEAKER"] {
        link(&app, &id, tag).await.expect_problem(409, "tag-linked");
    }
    assert_eq!(show(&app, &id).await.json()["version"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_links_of_one_tag_one_wins() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for tag in ["a", "b"] {
        create_tag(&app, tag).await.expect(201);
    }
    let replies = at_once(6, |number| {
        let (app, id) = (Arc::clone(&app), id.clone());
        async move { link(&app, &id, if number % 2 == 0 { "a" } else { "b" }).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 204), count(&replies, 409)), (2, 4));
    assert_eq!(show(&app, &id).await.json()["tags"], json!(["a", "b"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_item_never_has_more_than_ten_tags() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for number in 0..13 {
        create_tag(&app, &format!("t{number}")).await.expect(201);
    }
    for number in 0..7 {
        link(&app, &id, &format!("t{number}")).await.expect(204);
    }
    let replies = at_once(6, |number| {
        let (app, id) = (Arc::clone(&app), id.clone());
        async move { link(&app, &id, &format!("t{}", 7 + number)).await }
    });
    let replies = replies.await;
    assert_eq!((count(&replies, 204), count(&replies, 409)), (3, 3));
    let shown = show(&app, &id).await.json();
    assert_eq!(shown["tags"].as_array().unwrap().len(), 10);
    // What is on it is on it, full or not.
    link(&app, &id, "t0").await.expect_problem(409, "tag-linked");
    let refused = replies.into_iter().find(|reply| reply.status() == 409).unwrap();
    refused.expect_problem(409, "too-many-tags");
}

#[tokio::test]
async fn what_cannot_be_linked() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    create_tag(&app, "sneaker").await.expect(201);
    link(&app, &id, "boots").await.expect_problem(404, "tag-not-found");
    link(&app, NOWHERE, "sneaker").await.expect_problem(404, "catalog-item-not-found");
    link(&app, NOWHERE, "boots").await.expect_problem(404, "catalog-item-not-found");
    link(&app, "1", "sneaker").await.expect_problem(400, "invalid-request");
    for tag in ["a".repeat(21), "a\u{0}".to_owned(), "a/b".to_owned(), " ".to_owned()] {
        link(&app, &id, &tag).await.expect_problem(400, "invalid-request");
    }
    assert_eq!(show(&app, &id).await.json()["version"], 1);
    only_admins(&app, || app.put(&format!("/v1/catalog/{id}/tags/sneaker"))).await;
}
