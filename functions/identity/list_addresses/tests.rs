use serde_json::{Value, json};

use crate::{
    create_address::tests::{add, body},
    tests::fixture::{sign_up, start},
};

#[tokio::test]
async fn lists_ones_own_oldest_first_page_by_page() {
    let app = start().await;
    let (minji, jiho) = (sign_up(&app, "minji").await, sign_up(&app, "jiho").await);
    for n in 0..3 {
        let mut body = body();
        body["recipient"] = json!(format!("사람 {n}"));
        add(&app, &minji, body).await.expect(201);
        app.clock.advance(kernel::Span::millis(1));
    }
    add(&app, &jiho, body()).await.expect(201);
    let list =
        |query: String| app.get(&format!("/v1/me/addresses{query}")).bearer(&minji.access).send();
    let page = list("?limit=2".to_owned()).await.expect(200).json();
    let names = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["recipient"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&page), ["사람 0", "사람 1"]);
    let next = page["nextCursor"].as_str().unwrap().to_owned();
    let page = list(format!("?limit=2&cursor={next}")).await.expect(200).json();
    assert_eq!(
        (names(&page), page["nextCursor"].clone()),
        (vec!["사람 2".to_owned()], Value::Null)
    );
    list("?cursor=forged".to_owned()).await.expect_problem(400, "invalid-cursor");
    list("?limit=0".to_owned()).await.expect_problem(400, "invalid-request");
    app.get("/v1/me/addresses").send().await.expect_problem(401, "unauthenticated");
}
