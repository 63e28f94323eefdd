//! What the catalogue's admins and those who wait for a price are refused.

use serde_json::json;

use crate::budgets::{book::Book, exchange::fixture::Floor, fixture::ADMIN};

const ALERTS_MAX: i64 = 100;
const TAGS_MAX: usize = 10;

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let anna = floor.trader("anna").await;
    let (item, keeper) = (floor.item.clone(), floor.keeper);
    let stage = &mut floor.stage;
    let alert = |price: i64| json!({ "itemId": item, "option": "270", "price": price });
    for number in 1..=ALERTS_MAX {
        let body = alert(number * 1_000);
        stage.post(anna.id, "/v1/exchange/alerts", body).send().await.expect(201);
    }
    let request = stage.post(anna.id, "/v1/exchange/alerts", alert(1_000_000));
    stage.ask("409 alerts-full", request).await;

    let tag = |name: &str| format!("/v1/catalog/{item}/tags/{name}");
    let token = stage.app.token(keeper, ADMIN);
    let request = stage.app.delete(&tag("unknown")).bearer(&token);
    stage.ask("404 tag-not-found", request).await;
    for number in 0..=TAGS_MAX {
        let name = format!("tag{number}");
        let request = stage.post_as(ADMIN, keeper, "/v1/tags", json!({ "name": name }));
        stage.ask("201", request).await;
        let outcome = if number < TAGS_MAX { "204" } else { "409 too-many-tags" };
        let token = stage.app.token(keeper, ADMIN);
        let request = stage.app.put(&tag(&name)).bearer(&token);
        stage.ask(outcome, request).await;
    }
    floor.stage.end()
}
