//! The catalogue: products, sizes, tags, search.

use kernel::UserId;
use serde_json::json;

use super::{
    book::Book,
    exchange::fixture::{Floor, wallet},
    fixture::{ADMIN, Stage},
};
use crate::support::NO_ID;

const CATALOG: &str = "/v1/catalog";

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let path = format!("{CATALOG}/{}", floor.item);
    let keeper = floor.keeper;
    added(&mut floor.stage, keeper).await;
    tagged(&mut floor.stage, keeper, &path).await;
    read(&mut floor.stage, &path).await;
    edited(&mut floor.stage, &path).await;
    deleted(&mut floor, &path).await;
    floor.stage.end()
}

async fn added(stage: &mut Stage, keeper: UserId) {
    let body = json!({ "nameKo": "에어 조던", "nameEn": "Air Jordan", "model": "555088" });
    let request = stage.post_as(ADMIN, keeper, CATALOG, body);
    stage.ask("409 model-taken", request).await;
    let body = json!({ "nameKo": "덩크 로우", "nameEn": "Dunk Low", "model": "DD1391-100" });
    stage.name_runs(&[("catalog-on-item-changed", "done indexed")]);
    let mut path = String::new();
    for outcome in ["201", "201 repeated"] {
        let request = stage.post_with("k", ADMIN, keeper, CATALOG, body.clone());
        let made = stage.ask(outcome, request).await.json();
        path = format!("{CATALOG}/{}/options", made["id"].as_str().unwrap());
    }
    stage.name_runs(&[]);
    for outcome in ["201", "409 option-exists"] {
        let request = stage.post_as(ADMIN, keeper, &path, json!({ "option": "US9" }));
        stage.ask(outcome, request).await;
    }
    let path = format!("{CATALOG}/{NO_ID}/options");
    let request = stage.post_as(ADMIN, keeper, &path, json!({ "option": "US9" }));
    stage.ask("404 catalog-item-not-found", request).await;
}

async fn tagged(stage: &mut Stage, keeper: UserId, item: &str) {
    for outcome in ["201", "409 tag-exists"] {
        let request = stage.post_as(ADMIN, keeper, "/v1/tags", json!({ "name": "sneaker" }));
        stage.ask(outcome, request).await;
    }
    let path = |tag: &str| format!("{item}/tags/{tag}");
    let steps =
        [("204", "sneaker"), ("409 tag-linked", "sneaker"), ("404 tag-not-found", "nothing")];
    for (outcome, tag) in steps {
        let request = stage.by_admin(stage.app.put(&path(tag)));
        stage.ask(outcome, request).await;
    }
    for (outcome, list) in [("200", "/v1/tags"), ("200 by tag", "/v1/catalog?tag=sneaker")] {
        listed(stage, outcome, list).await;
    }
    let request = stage.by_admin(stage.app.delete(&path("sneaker")));
    stage.ask("204", request).await;
    let request = stage.app.get("/v1/catalog?tag=nothing");
    stage.ask("404 tag-not-found", request).await;
}

/// Asks for a list, in which something is.
async fn listed(stage: &mut Stage, outcome: &str, path: &str) {
    let request = stage.app.get(path);
    let list = stage.ask(outcome, request).await.json();
    assert_ne!(list["items"], json!([]), "{path}");
}

async fn read(stage: &mut Stage, item: &str) {
    let request = stage.app.get(item);
    stage.ask("200", request).await;
    let request = stage.app.get(&format!("{CATALOG}/{NO_ID}"));
    stage.ask("404 catalog-item-not-found", request).await;
    for (outcome, path) in [
        ("200 newest", CATALOG),
        ("200 by two letters", "/v1/catalog?search=jo"),
        ("200 by a word", "/v1/catalog?search=jordan"),
    ] {
        listed(stage, outcome, path).await;
    }
    let request = stage.app.get("/v1/catalog?search=zzz");
    stage.ask("200 by a word that nothing has", request).await;
}

async fn edited(stage: &mut Stage, item: &str) {
    let steps = [
        ("200 a price", json!({ "releasePrice": 219_000 })),
        ("200 a name", json!({ "nameEn": "Air Jordan 1 High" })),
        ("200 a model number", json!({ "model": "555088-101" })),
        ("409 model-taken", json!({ "model": "DD1391-100" })),
    ];
    stage.name_runs(&[("catalog-on-item-changed", "done indexed anew")]);
    for (outcome, body) in steps {
        let request = stage.by_admin(stage.app.patch(item)).json(body);
        stage.ask(outcome, request).await;
    }
    stage.name_runs(&[]);
    let request = stage.by_admin(stage.app.patch(item)).header("if-match", "\"1\"");
    stage.ask("412 stale-version", request.json(json!({ "nameEn": "Air" }))).await;
}

async fn deleted(floor: &mut Floor, item: &str) {
    let buyer = floor.buyer("buyer").await;
    let bid = floor.bid(&buyer, 10_000, &wallet());
    let bid = floor.place("201 wallet's bid rests", &buyer, bid).await;
    let stage = &mut floor.stage;
    let request = stage.by_admin(stage.app.delete(item));
    stage.ask("409 item-has-orders", request).await;
    let path = format!("/v1/exchange/orders/{}/cancel", bid["id"].as_str().unwrap());
    let request = stage.post(buyer.id, &path, json!({}));
    stage.ask("200 a wallet's bid", request).await;
    stage.name_runs(&[("catalog-on-item-changed", "done removed")]);
    for outcome in ["204 of one option", "404 catalog-item-not-found"] {
        let request = stage.by_admin(stage.app.delete(item));
        stage.ask(outcome, request).await;
    }
}
