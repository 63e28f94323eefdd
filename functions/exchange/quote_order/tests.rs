use serde_json::{Value, json};
use testkit::TestApp;

use super::FUNCTION;

async fn quote(app: &TestApp, query: &str) -> testkit::Reply {
    app.get(&format!("/v1/exchange/quote{query}")).send().await
}

#[tokio::test]
async fn says_what_an_order_comes_to() {
    let app = TestApp::start(&[&FUNCTION]).await;
    // Side, price, fee, total.
    let rows = [
        ("buy", 1_000_i64, 30_i64, 1_030_i64),
        ("sell", 1_000, 30, 970),
        ("buy", 321_000, 9_630, 330_630),
        ("sell", 321_000, 9_630, 311_370),
        ("buy", 970_000_000_000, 29_100_000_000, 999_100_000_000),
        ("sell", 970_000_000_000, 29_100_000_000, 940_900_000_000),
    ];
    for (side, price, fee, total) in rows {
        let told = quote(&app, &format!("?side={side}&price={price}")).await.expect(200).json();
        let due: Value = json!({ "side": side, "price": price, "fee": fee, "total": total });
        assert_eq!(told, due);
    }
    assert_eq!(app.cloud.usage().round_trips(), 0, "it asks nobody");
}

#[tokio::test]
async fn refuses_what_is_no_order() {
    let app = TestApp::start(&[&FUNCTION]).await;
    let huge = format!("?side=buy&price=1{}", "0".repeat(30));
    for query in [
        "",
        "?side=buy",
        "?price=1000",
        "?side=hold&price=1000",
        "?side=BUY&price=1000",
        "?side=&price=1000",
        "?side=buy&price=",
        "?side=buy&price=0",
        "?side=buy&price=1",
        "?side=buy&price=999",
        "?side=buy&price=1500",
        "?side=buy&price=-1000",
        "?side=buy&price=%2B1000",
        "?side=buy&price=%201000",
        "?side=buy&price=1e3",
        "?side=buy&price=1000.0",
        "?side=buy&price=%221000%22",
        "?side=buy&price=970000001000",
        "?side=buy&price=9223372036854775808",
        "?side=buy&price=NaN",
        "?side=buy&price=%EF%BC%91%EF%BC%90%EF%BC%90%EF%BC%90",
        "?side=buy&price=1000&price=2000",
        "?side=buy&price=1000&quantity=2",
        &huge,
    ] {
        quote(&app, query).await.expect_problem(400, "invalid-request");
    }
}
