use domain::trade::{Agreement, Source, Trade, Variant};
use kernel::{Id, Span, Won};
use serde_json::Value;
use uuid::Uuid;

use crate::scene::{Market, user};

/// Trades 0 to 4, a minute apart: the market's seller sells to its buyer and, the last, to another.
async fn five() -> Market {
    let market = Market::start().await;
    for n in 0..5_u128 {
        let agreement = Agreement {
            source: Source::Listing,
            variant: Variant::Direct,
            seller: market.seller.id,
            buyer: if n < 4 { market.buyer.id } else { user(9) },
            title: format!("물건 {n}"),
            price: Won::constant(1_000),
        };
        let id = Id::from_uuid(Uuid::from_u128(n));
        let trade = Trade::open(id, agreement, market.now());
        assert!(market.store().trade_open(&trade).await.unwrap());
        market.clock.advance(Span::minutes(1));
    }
    market.settle().await;
    market
}

fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn newest_first_by_side_page_by_page() {
    let market = five().await;
    let (seller, buyer) = (market.token_of(&market.seller), market.token_of(&market.buyer));
    let list = |path: String, token: &str| market.get(&path).bearer(token).send();
    let sold = list("/v1/trades?role=seller".to_owned(), &seller).await.expect(200).json();
    assert_eq!(titles(&sold), ["물건 4", "물건 3", "물건 2", "물건 1", "물건 0"]);
    let first = list("/v1/trades?role=buyer&limit=3".to_owned(), &buyer).await.expect(200).json();
    assert_eq!(titles(&first), ["물건 3", "물건 2", "물건 1"]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let next = format!("/v1/trades?role=buyer&limit=3&cursor={cursor}");
    let rest = list(next.clone(), &buyer).await.expect(200).json();
    assert_eq!(titles(&rest), ["물건 0"]);
    list(next, &seller).await.expect_problem(400, "invalid-cursor");
    let other = format!("/v1/trades?role=seller&limit=3&cursor={cursor}");
    list(other, &buyer).await.expect_problem(400, "invalid-cursor");
    let none = list("/v1/trades?role=buyer".to_owned(), &seller).await.expect(200).json();
    assert_eq!(titles(&none), Vec::<String>::new());
}

#[tokio::test]
async fn refuses_bad_questions() {
    let market = Market::start().await;
    let token = market.token_of(&market.buyer);
    for query in [
        "",
        "?role=",
        "?role=owner",
        "?role=buyer&limit=0",
        "?role=buyer&limit=101",
        "?role=buyer&x=1",
    ] {
        let reply = market.get(&format!("/v1/trades{query}")).bearer(&token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let nobody = market.get("/v1/trades?role=buyer").send().await;
    nobody.expect_problem(401, "unauthenticated");
}
