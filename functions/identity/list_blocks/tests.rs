use kernel::Span;
use serde_json::json;
use testkit::TestApp;

use crate::tests::fixture::{Person, sign_up, start};

async fn names(app: &TestApp, person: &Person, query: &str) -> (Vec<String>, Option<String>) {
    let path = format!("/v1/me/blocks{query}");
    let page = app.get(&path).bearer(&person.access).send().await.expect(200).json();
    let items = page["items"].as_array().unwrap();
    let names = items.iter().map(|item| item["nickname"].as_str().unwrap().to_owned()).collect();
    (names, page["nextCursor"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn pages_through_the_callers_blocks_only() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    assert_eq!(names(&app, &minji, "").await, (vec![], None));
    for number in 0..5 {
        app.advance(Span::seconds(1)).await; // ids in order
        let other = sign_up(&app, &format!("m{number}")).await;
        let path = format!("/v1/me/blocks/{}", other.id);
        app.put(&path).bearer(&minji.access).send().await.expect(204);
    }
    let (first, next) = names(&app, &minji, "?limit=3").await;
    assert_eq!(first, ["m0", "m1", "m2"]);
    let next = next.unwrap();
    let (second, end) = names(&app, &minji, &format!("?limit=3&cursor={next}")).await;
    assert_eq!((second, end), (vec!["m3".to_owned(), "m4".to_owned()], None));
    assert_eq!(names(&app, &jiho, "").await, (vec![], None));
    let stolen = app.get(&format!("/v1/me/blocks?cursor={next}")).bearer(&jiho.access).send().await;
    stolen.expect_problem(400, "invalid-cursor");
}

#[tokio::test]
async fn bad_pages_are_refused() {
    let app = start().await;
    let minji = app.signed_in("minji");
    for query in ["limit=0", "limit=-1", "limit=101", "limit=aaa", "limit=", "limit=1.0", "page=1"]
    {
        let reply = app.get(&format!("/v1/me/blocks?{query}")).bearer(&minji.token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    for cursor in ["", "x", "AAAA", &"A".repeat(3_000)] {
        let reply =
            app.get(&format!("/v1/me/blocks?cursor={cursor}")).bearer(&minji.token).send().await;
        reply.expect_problem(400, "invalid-cursor");
    }
    app.get("/v1/me/blocks").send().await.expect_problem(401, "unauthenticated");
    let empty = app.get("/v1/me/blocks").bearer(&minji.token).send().await.expect(200);
    assert_eq!(empty.json(), json!({ "items": [], "nextCursor": null }));
}
