//! An auction from its creation to its winner.

use domain::identity::Role;
use kernel::{Span, UserId};
use serde_json::json;

use super::{book::Book, fixture::Stage};
use crate::support::NO_ID;

pub async fn story() -> Book {
    let mut stage = Stage::start().await;
    let seller = stage.member("seller").await;
    let (anna, bora) = (stage.member("anna").await, stage.member("bora").await);
    let offer = json!({ "title": "필름 카메라", "startPrice": 30_000, "durationSeconds": 600 });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    let path = format!("/v1/auctions/{}", created["id"].as_str().unwrap());
    stage.ask("200", stage.get(anna, &path)).await;
    stage.ask("200", stage.get(anna, "/v1/auctions")).await;

    let bids = format!("{path}/bids");
    let steps: [(&str, UserId, &str, i64, i64); 6] = [
        ("201 leading", anna, "a1", 30_000, 50_000),
        ("201 outbid", bora, "b1", 40_000, 40_000),
        ("201 leading", bora, "b2", 60_000, 60_000),
        ("201 repeated", bora, "b2", 60_000, 60_000),
        ("409 bid-too-low", anna, "a2", 31_000, 31_000),
        ("409 bid-too-low remembered", anna, "a3", 31_000, 31_000),
    ];
    for (outcome, who, key, amount, most) in steps {
        let body = json!({ "amount": amount, "maxAmount": most });
        let request = stage.post_with(key, &[Role::User], who, &bids, body);
        let view = match outcome {
            "409 bid-too-low" => stage.ask_at_once(outcome, request).await.json(),
            _ => stage.ask(outcome, request).await.json(),
        };
        // What was noted is what happened.
        match outcome {
            "201 leading" | "201 repeated" => assert_eq!(view["outcome"], "leading"),
            "201 outbid" => assert_eq!(view["outcome"], "outbid"),
            _ => {}
        }
        if key == "a1" {
            let receipt = format!("{bids}/{}/receipt", view["id"].as_str().unwrap());
            let request = stage.get(who, &receipt);
            stage.ask("200", request).await;
        }
    }
    for list in ["bids", "ledger"] {
        let request = stage.get(anna, &format!("{path}/{list}"));
        stage.ask("200", request).await;
    }
    stage.ask("200", stage.get(anna, "/v1/me/bids")).await;
    let request = stage.app.get(&format!("{path}/price"));
    let told = stage.ask("200", request).await;
    let known = told.header("etag").unwrap().to_owned();
    let request = stage.app.get(&format!("{path}/price")).header("if-none-match", &known);
    stage.ask("304", request).await;
    stage.advance(Span::minutes(12)).await;
    // It is over: the stream ends. What it reads while one listens no line of the log tells.
    let request = stage.app.get(&format!("{path}/stream"));
    stage.ask("200 until it flows", request).await;
    cancelled(&mut stage, seller).await;
    watched(&mut stage, seller, anna).await;
    voided(&mut stage, seller, anna, bora).await;
    stage.end()
}

/// The path of a new auction of so many seconds.
async fn offered(stage: &mut Stage, seller: UserId, seconds: u32) -> String {
    let offer = json!({ "title": "렌즈", "startPrice": 10_000, "durationSeconds": seconds });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    format!("/v1/auctions/{}", created["id"].as_str().unwrap())
}

async fn watched(stage: &mut Stage, seller: UserId, anna: UserId) {
    let auction = offered(stage, seller, 600).await;
    let path = auction.replace("/v1/auctions", "/v1/me/watches");
    for outcome in ["204", "204 again"] {
        let request = stage.by(anna, stage.app.put(&path));
        stage.ask(outcome, request).await;
    }
    let request = stage.by(anna, stage.app.put(&format!("/v1/me/watches/{NO_ID}")));
    stage.ask("404 auction-not-found", request).await;
    let watches = stage.ask("200", stage.get(anna, "/v1/me/watches")).await.json();
    assert_eq!(watches["items"].as_array().unwrap().len(), 1, "{watches}");
    let request = stage.by(anna, stage.app.delete(&path));
    stage.ask("204", request).await;
    ending(stage, seller, anna).await;
}

/// A watched auction that ends soon, and later than it was to.
async fn ending(stage: &mut Stage, seller: UserId, anna: UserId) {
    let path = offered(stage, seller, 3_600).await;
    let watch = path.replace("/v1/auctions", "/v1/me/watches");
    let request = stage.by(anna, stage.app.put(&watch));
    stage.ask("204", request).await;
    stage.name_runs(&[("auction-sweep-ending-auctions", "done told")]);
    stage.advance(Span::minutes(31)).await;
    stage.name_runs(&[("auction-on-head-changed", "done the end moved")]);
    stage.advance(Span::minutes(26)).await;
    let request = stage.post(anna, &format!("{path}/bids"), json!({ "amount": 10_000 }));
    stage.ask("201 leading", request).await;
    stage.name_runs(&[]);
    let request = stage.app.get("/v1/auctions?sort=ending-soon");
    stage.ask("200 ending soon", request).await;
    stage.advance(Span::minutes(8)).await;
}

/// An auction so long that a schedule closes it; its highest bid is taken back.
async fn voided(stage: &mut Stage, seller: UserId, anna: UserId, bora: UserId) {
    let path = offered(stage, seller, 1_800).await;
    let bids = format!("{path}/bids");
    let mut void = String::new();
    for (who, amount) in [(anna, 10_000), (bora, 20_000)] {
        let request = stage.post(who, &bids, json!({ "amount": amount }));
        let placed = stage.ask("201 leading", request).await.json();
        void = format!("{bids}/{}/void", placed["id"].as_str().unwrap());
    }
    for outcome in ["200 of two bids", "409 bid-already-void"] {
        let request = stage.by_admin(stage.app.post(&void));
        stage.ask(outcome, request).await;
    }
    stage.advance(Span::minutes(32)).await;
    let request = stage.app.get(&path);
    let ended = stage.ask("200", request).await.json();
    assert_eq!(ended["status"], "won", "{ended}");
}

/// An auction that its seller takes back.
async fn cancelled(stage: &mut Stage, seller: UserId) {
    let offer = json!({ "title": "삼각대", "startPrice": 10_000, "durationSeconds": 600 });
    let created = stage.ask("201", stage.post(seller, "/v1/auctions", offer)).await.json();
    let path = format!("/v1/auctions/{}/cancel", created["id"].as_str().unwrap());
    let request = stage.post(seller, &path, json!({ "reason": "변심" }));
    stage.ask("200", request).await;
}
