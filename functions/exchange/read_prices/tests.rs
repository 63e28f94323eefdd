use serde_json::{Value, json};

use crate::tests::fixture::Floor;

#[tokio::test]
async fn every_option_is_there_from_the_beginning() {
    let floor = Floor::open().await;
    let path = format!("/v1/catalog/{}/prices", floor.item);
    let nothing = |option: &str| {
        json!({
            "option": option, "lowestAsk": null, "highestBid": null, "lastPrice": null,
            "lastAt": null,
        })
    };
    let prices = floor.get(&path).send().await.expect(200).json();
    assert_eq!(
        prices,
        json!({ "itemId": floor.item, "options": [nothing("270"), nothing("280")] })
    );
    let anna = floor.trader().await;
    floor.rest(&anna, "sell", 100_000).await;
    floor.publish(&floor.paid(1, 90_000, floor.now())).await;
    floor.run_until_idle().await;
    let prices = floor.get(&path).send().await.expect(200).json();
    let due = json!({
        "option": "270", "lowestAsk": 100_000, "highestBid": null, "lastPrice": 90_000,
        "lastAt": "2026-11-21T00:00:00.000Z",
    });
    assert_eq!(prices["options"], json!([due, nothing("280")]));
}

#[tokio::test]
async fn it_is_one_query() {
    let floor = Floor::open().await;
    let before = floor.cloud.usage();
    floor.prices().await;
    assert_eq!(floor.cloud.usage().since(&before).calls("dynamodb:Query"), 1);
    assert_eq!(floor.cloud.usage().since(&before).calls("dynamodb:GetItem"), 0);
}

#[tokio::test]
async fn what_is_not_traded() {
    let floor = Floor::open().await;
    let other = "01938f3c-7e2a-7000-8000-000000000001";
    let reply = floor.get(&format!("/v1/catalog/{other}/prices")).send().await;
    reply.expect_problem(404, "not-traded");
    let reply = floor.get("/v1/catalog/shoe/prices").send().await;
    assert_eq!(reply.expect_problem(400, "invalid-request").json()["errors"][0]["pointer"], "path");
    assert_eq!(floor.prices().await["lowestAsk"], Value::Null);
}
