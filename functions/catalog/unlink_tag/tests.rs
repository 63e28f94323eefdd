use serde_json::json;

use crate::tests::fixture::{
    NOWHERE, create_tag, ids, item, link, only_admins, show, start, unlink, walk,
};

#[tokio::test]
async fn an_item_leaves_the_tags_list_and_may_come_back() {
    let app = start().await;
    let (first, second) = (item(&app, json!({})).await, item(&app, json!({})).await);
    create_tag(&app, "sneaker").await.expect(201);
    for id in [&first, &second] {
        link(&app, id, "sneaker").await.expect(204);
    }
    for _ in 0..2 {
        let reply = unlink(&app, &first, "Sneaker").await.expect(204);
        assert_eq!(reply.text(), "");
    }
    assert_eq!(ids(&walk(&app, "/v1/catalog?tag=sneaker", 10).await), [&*second]);
    let shown = show(&app, &first).await.json();
    assert_eq!((&shown["tags"], &shown["version"]), (&json!([]), &json!(3)));
    link(&app, &first, "sneaker").await.expect(204);
    unlink(&app, &second, "sneaker").await.expect(204);
    assert_eq!(ids(&walk(&app, "/v1/catalog?tag=sneaker", 10).await), [&*first]);
}

#[tokio::test]
async fn taking_tags_off_makes_room() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for number in 0..11 {
        create_tag(&app, &format!("t{number}")).await.expect(201);
    }
    for number in 0..10 {
        link(&app, &id, &format!("t{number}")).await.expect(204);
    }
    link(&app, &id, "t10").await.expect_problem(409, "too-many-tags");
    unlink(&app, &id, "t10").await.expect(204);
    link(&app, &id, "t10").await.expect_problem(409, "too-many-tags");
    unlink(&app, &id, "t3").await.expect(204);
    link(&app, &id, "t10").await.expect(204);
}

#[tokio::test]
async fn what_cannot_be_unlinked() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    create_tag(&app, "sneaker").await.expect(201);
    link(&app, &id, "sneaker").await.expect(204);
    unlink(&app, &id, "boots").await.expect_problem(404, "tag-not-found");
    unlink(&app, NOWHERE, "sneaker").await.expect_problem(404, "catalog-item-not-found");
    unlink(&app, "1", "sneaker").await.expect_problem(400, "invalid-request");
    unlink(&app, &id, &"a".repeat(21)).await.expect_problem(400, "invalid-request");
    only_admins(&app, || app.delete(&format!("/v1/catalog/{id}/tags/sneaker"))).await;
    assert_eq!(show(&app, &id).await.json()["tags"], json!(["sneaker"]));
}
