use serde_json::json;

use crate::tests::fixture::{NOWHERE, add_option, create_tag, delete, item, link, show, start};

#[tokio::test]
async fn shows_options_in_the_order_of_shops_and_tags_by_name() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    for option in ["ONESIZE", "US10", "270", "XS", "US9", "260"] {
        add_option(&app, &id, option).await.expect(201);
    }
    for tag in ["스니커즈", "running"] {
        create_tag(&app, tag).await.expect(201);
        link(&app, &id, tag).await.expect(204);
    }
    let reply = show(&app, &id).await.expect(200);
    let shown = reply.json();
    assert_eq!(shown["options"], json!(["XS", "260", "270", "US9", "US10", "ONESIZE"]));
    assert_eq!(shown["tags"], json!(["running", "스니커즈"]));
    assert_eq!((reply.header("etag"), &shown["version"]), (Some("\"9\""), &json!(9)));
    let signed_in = app.get(&format!("/v1/catalog/{id}")).bearer(&app.signed_in("minji").token);
    assert_eq!(signed_in.send().await.expect(200).json(), shown);
}

#[tokio::test]
async fn what_is_not_there() {
    let app = start().await;
    for bad in ["1", "HOT", "01938F3C7E2A70008000000000000001", "%EB%8D%A9%ED%81%AC"] {
        let reply = show(&app, bad).await.expect_problem(400, "invalid-request");
        assert_eq!(reply.json()["errors"][0]["pointer"], "path", "{bad}");
    }
    show(&app, NOWHERE).await.expect_problem(404, "catalog-item-not-found");
    let id = item(&app, json!({})).await;
    delete(&app, &id).await.expect(204);
    show(&app, &id).await.expect_problem(404, "catalog-item-not-found");
}

#[tokio::test]
async fn f27_an_id_in_capitals_is_the_same_id() {
    let app = start().await;
    let id = item(&app, json!({})).await;
    let shown = show(&app, &id).await.expect(200).json();
    assert_eq!(show(&app, &id.to_uppercase()).await.expect(200).json(), shown);
}
