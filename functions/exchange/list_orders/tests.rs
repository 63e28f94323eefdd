use kernel::{OrderId, Span};
use serde_json::Value;

use crate::tests::fixture::{Floor, Trader, id_of};

async fn page(floor: &Floor, who: &Trader, query: &str) -> Value {
    let request = floor.get(&format!("/v1/exchange/orders{query}"));
    request.bearer(&floor.token_of(who)).send().await.expect(200).json()
}

fn ids(page: &Value) -> Vec<OrderId> {
    page["items"].as_array().unwrap().iter().map(id_of).collect()
}

#[tokio::test]
async fn an_order_is_in_the_list_of_its_state() {
    let floor = Floor::trading().await;
    let (buyer, seller) = (floor.trader().await, floor.trader().await);
    let mut bids = Vec::new();
    for price in [10_000, 9_000, 8_000, 7_000] {
        bids.push(floor.rest(&buyer, "buy", price).await);
        floor.clock.advance(Span::millis(1));
    }
    let (sale, _) = floor.take(&seller, "sell", 10_000).await;
    floor.cancel(&buyer, bids[1]).await.expect(200);
    let lists = |who: Trader| {
        let floor = &floor;
        async move {
            let mut found = Vec::new();
            for state in ["open", "matched", "cancelled", "expired"] {
                let page = page(floor, &who, &format!("?status={state}")).await;
                assert_eq!(page["nextCursor"], Value::Null);
                let states = page["items"].as_array().unwrap().iter();
                assert!(states.clone().all(|order| order["state"] == state), "{page}");
                found.push(ids(&page));
            }
            found
        }
    };
    let (of_buyer, of_seller) = (lists(buyer.clone()).await, lists(seller.clone()).await);
    assert_eq!(of_buyer, [vec![bids[3], bids[2]], vec![bids[0]], vec![bids[1]], vec![]]);
    assert_eq!(of_seller, [vec![], vec![sale], vec![], vec![]]);
    assert_eq!(ids(&page(&floor, &buyer, "").await), [bids[3], bids[2]], "open by default");
}

#[tokio::test]
async fn past_its_time_an_order_is_not_open_and_once_swept_it_is_expired() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let mut body = floor.order(&buyer, "buy", 10_000);
    body["expiresInDays"] = 1.into();
    let short = id_of(&floor.ask("orders", &buyer).json(body).send().await.expect(201).json());
    let long = floor.rest(&buyer, "buy", 9_000).await;
    let open = || async { ids(&page(&floor, &buyer, "").await) };
    let expired = || async { ids(&page(&floor, &buyer, "?status=expired").await) };
    floor.turn_before_end(short, Span::millis(1)).await;
    assert_eq!(open().await.len(), 2);
    floor.turn_past_end(short, Span::millis(0)).await;
    assert_eq!((open().await, expired().await), (vec![long], vec![]));
    floor.sweep().await;
    assert_eq!((open().await, expired().await), (vec![long], vec![short]));
}

#[tokio::test]
async fn page_by_page_newest_first() {
    let floor = Floor::trading().await;
    let (seller, other) = (floor.trader().await, floor.trader().await);
    let mut asks = Vec::new();
    for _ in 0..5 {
        asks.push(floor.rest(&seller, "sell", 10_000).await);
        floor.clock.advance(Span::millis(1));
    }
    asks.reverse();
    let mut found = Vec::new();
    let mut query = "?limit=2".to_owned();
    let mut cursors = Vec::new();
    loop {
        let page = page(&floor, &seller, &query).await;
        found.extend(ids(&page));
        let Some(cursor) = page["nextCursor"].as_str() else { break };
        cursors.push(cursor.to_owned());
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!((found, cursors.len()), (asks, 2));
    let cursor = &cursors[0];
    let forged = format!("{}A", &cursor[..cursor.len() - 1]);
    let ask = |who: &Trader, query: String| {
        let request = floor.get(&format!("/v1/exchange/orders{query}"));
        request.bearer(&floor.token_of(who)).send()
    };
    for (who, query) in [
        (&seller, format!("?status=matched&cursor={cursor}")),
        (&other, format!("?cursor={cursor}")),
        (&seller, "?cursor=x".to_owned()),
        (&seller, "?cursor=".to_owned()),
        (&seller, format!("?cursor={}B", &forged[..forged.len() - 2])),
    ] {
        ask(who, query).await.expect_problem(400, "invalid-cursor");
    }
}

#[tokio::test]
async fn refuses_bad_questions() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    for query in [
        "?status=",
        "?status=done",
        "?status=OPEN",
        "?limit=0",
        "?limit=101",
        "?limit=-1",
        "?limit=x",
        "?limit=1.0",
        "?side=buy",
        "?status=open&status=matched",
    ] {
        let request = floor.get(&format!("/v1/exchange/orders{query}"));
        let reply = request.bearer(&floor.token_of(&buyer)).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let nobody = floor.get("/v1/exchange/orders").send().await;
    nobody.expect_problem(401, "unauthenticated");
    assert_eq!(ids(&page(&floor, &buyer, "?limit=100").await), []);
}
