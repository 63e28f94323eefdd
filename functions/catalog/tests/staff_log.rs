//! Every act of staff on the catalogue is noted in its own transaction, and no other.

use serde_json::json;

use super::fixture::{add_option, create, create_tag, delete, edit, item, link, start, unlink};

#[tokio::test]
async fn an_act_is_noted_with_what_it_changed_and_a_failed_one_is_not() {
    let app = start().await;
    let id = item(&app, json!({ "model": "A-1" })).await;
    create(&app, json!({ "model": "a-1" })).await.expect_problem(409, "model-taken");
    edit(&app, &id, json!({ "nameEn": "Other" })).await.expect(200);
    edit(&app, &id, json!({ "nameEn": "Other" })).await.expect(200); // is so already
    edit(&app, &id, json!({ "nameEn": "" })).await.expect(400);
    add_option(&app, &id, "270").await.expect(201);
    add_option(&app, &id, "270").await.expect_problem(409, "option-exists");
    create_tag(&app, "sneaker").await.expect(201);
    create_tag(&app, "sneaker").await.expect_problem(409, "tag-exists");
    link(&app, &id, "sneaker").await.expect(204);
    link(&app, &id, "sneaker").await.expect_problem(409, "tag-linked");
    unlink(&app, &id, "sneaker").await.expect(204);
    unlink(&app, &id, "sneaker").await.expect(204); // was not on it
    delete(&app, &id).await.expect(204);
    delete(&app, &id).await.expect_problem(404, "catalog-item-not-found");
    let acts = app.store().staff_acts(&store::staff::month_of(app.now()), 50, None).await.unwrap();
    let mut whats: Vec<_> = acts.items.iter().map(|act| act.what.as_str()).collect();
    whats.sort_unstable();
    let due = [
        "catalog-add-option",
        "catalog-create-item",
        "catalog-create-tag",
        "catalog-delete-item",
        "catalog-edit-item",
        "catalog-link-tag",
        "catalog-unlink-tag",
    ];
    assert_eq!(whats, due);
    let whom = format!("item#{id}");
    for act in acts.items.iter().filter(|act| act.what != "catalog-create-tag") {
        assert_eq!(act.whom, whom, "{act:?}");
        assert_ne!(act.before, act.after, "{act:?}");
    }
    let edited = acts.items.iter().find(|act| act.what == "catalog-edit-item").unwrap();
    assert!(edited.before.contains("Nike Dunk"), "{edited:?}");
    assert!(edited.after.contains("Other"), "{edited:?}");
}
