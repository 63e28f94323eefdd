//! What the market looks like, and who waits for a price.

use serde_json::{Value, json};

use super::fixture::{Floor, Trader, wallet};
use crate::{budgets::book::Book, support::NO_ID};

const ALERTS: &str = "/v1/exchange/alerts";

pub async fn story() -> Book {
    let mut floor = Floor::open().await;
    let (seller, buyer) = (floor.seller("seller").await, floor.buyer("buyer").await);
    for price in [20_000, 21_000] {
        let ask = floor.ask(&seller, price);
        floor.place("201 ask rests", &seller, ask).await;
    }
    let bid = floor.bid(&buyer, 20_000, &wallet());
    floor.place("201 wallet's bid meets an ask", &buyer, bid).await;
    let bid = floor.bid(&buyer, 10_000, &wallet());
    floor.place("201 wallet's bid rests", &buyer, bid).await;
    looked_at(&mut floor).await;
    waited_for(&mut floor, &seller, &buyer).await;
    floor.stage.end()
}

async fn looked_at(floor: &mut Floor) {
    let item = &floor.item;
    let views = [
        ("200", format!("/v1/catalog/{item}/prices")),
        ("404 not-traded", format!("/v1/catalog/{NO_ID}/prices")),
        ("200 asks", floor.below("depth?side=sell")),
        ("200 bids", floor.below("depth?side=buy")),
        ("200", floor.below("trades")),
        ("404 not-traded", floor.below("trades").replace("270", "290")),
        ("200 by hour", floor.below("history?bucket=hour")),
        ("200 by day", floor.below("history?bucket=day")),
        ("200", floor.below("chart.svg")),
    ];
    for (outcome, path) in views {
        let request = floor.stage.app.get(&path);
        let reply = floor.stage.ask(outcome, request).await;
        // There is something to see.
        let empty = [json!([]), json!(null)];
        if path.contains("depth") || (path.contains("trades") && outcome == "200") {
            assert!(!empty.contains(&reply.json()["items"]), "{path}: {}", reply.text());
        }
        if path.contains("history") {
            assert!(!empty.contains(&reply.json()["bars"]), "{path}: {}", reply.text());
        }
    }
}

async fn waited_for(floor: &mut Floor, seller: &Trader, buyer: &Trader) {
    let alert = |option: &str, price: i64| {
        json!({
            "itemId": floor.item, "option": option, "price": price,
        })
    };
    let steps: [(&str, Value); 5] = [
        ("404 not-traded", alert("290", 15_000)),
        ("201 waits", alert("270", 15_000)),
        ("409 alert-exists", alert("270", 15_000)),
        ("201 waits", alert("270", 14_000)),
        ("201 reached at once", alert("270", 25_000)),
    ];
    floor.stage.name_runs(&[("exchange-on-price-fell", "done, one told")]);
    let mut path = String::new();
    for (outcome, body) in steps {
        let request = floor.stage.post(buyer.id, ALERTS, body);
        let reply = floor.stage.ask(outcome, request).await;
        path = reply.header("location").map_or(path, str::to_owned);
    }
    let waiting = floor.stage.ask("200", floor.stage.get(buyer.id, ALERTS)).await.json();
    assert_eq!(waiting["items"].as_array().unwrap().len(), 2, "{waiting}");
    // Told already: it is gone.
    let request = floor.stage.by(buyer.id, floor.stage.app.delete(&path));
    floor.stage.ask("404 alert-not-found", request).await;
    let path = format!("{ALERTS}/{}/270/14000", floor.item);
    let request = floor.stage.by(buyer.id, floor.stage.app.delete(&path));
    floor.stage.ask("204", request).await;

    floor.stage.name_runs(&[
        ("exchange-on-book-changed", "done, the best ask fell"),
        ("exchange-on-price-fell", "done, one told"),
    ]);
    let ask = floor.ask(seller, 15_000);
    floor.place("201 ask rests", seller, ask).await;
    let waiting = floor.stage.ask("200", floor.stage.get(buyer.id, ALERTS)).await.json();
    assert_eq!(waiting["items"], json!([]));
}
