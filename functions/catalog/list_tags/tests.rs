use serde_json::Value;

use crate::tests::fixture::{create_tag, start, walk};

#[tokio::test]
async fn all_tags_by_name_page_by_page() {
    let app = start().await;
    assert!(walk(&app, "/v1/tags", 10).await.is_empty());
    for name in ["sneaker", "러닝화", "boots", "a b", "가방"] {
        create_tag(&app, name).await.expect(201);
    }
    for limit in [1, 2, 5, 100] {
        let found = walk(&app, "/v1/tags", limit).await;
        let names: Vec<&Value> = found.iter().map(|tag| &tag["name"]).collect();
        assert_eq!(names, ["a b", "boots", "sneaker", "가방", "러닝화"], "by {limit}");
    }
}

#[tokio::test]
async fn bad_questions_and_forged_cursors() {
    let app = start().await;
    for name in ["a", "b", "c"] {
        create_tag(&app, name).await.expect(201);
    }
    let page = app.get("/v1/tags?limit=1").send().await.json();
    let cursor = page["nextCursor"].as_str().unwrap();
    for (query, code) in [
        ("limit=0", "invalid-request"),
        ("limit=-1", "invalid-request"),
        ("limit=101", "invalid-request"),
        ("limit=1.5", "invalid-request"),
        ("limit=aaa", "invalid-request"),
        ("search=a", "invalid-request"),
        ("cursor=x", "invalid-cursor"),
        (&*format!("cursor={}", &cursor[1..]), "invalid-cursor"),
    ] {
        let reply = app.get(&format!("/v1/tags?{query}")).send().await;
        reply.expect_problem(400, code);
    }
    let elsewhere = app.get(&format!("/v1/catalog?cursor={cursor}")).send().await;
    elsewhere.expect_problem(400, "invalid-cursor");
    app.get(&format!("/v1/tags?cursor={cursor}")).send().await.expect(200);
}
