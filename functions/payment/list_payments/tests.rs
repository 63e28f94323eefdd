use serde_json::json;

use crate::tests::fixture::Market;

const PATH: &str = "/v1/payments";

#[tokio::test]
async fn shows_the_callers_own_newest_first_page_by_page() {
    let market = Market::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        market.clock.advance(kernel::Span::millis(1));
        ids.insert(0, json!(market.begin("toss").await.id));
    }
    let list = async |query: &str| {
        let token = market.token_of(&market.payer);
        market.get(&format!("{PATH}{query}")).bearer(&token).send().await.expect(200).json()
    };
    let shown = |page: &serde_json::Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(shown(&list("").await), ids);
    let first = list("?limit=2").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("?limit=2&cursor={cursor}")).await;
    assert_eq!([shown(&first), shown(&second)].concat(), ids);
    let other = market.signed_in("other");
    let none = market.get(PATH).bearer(&other.token).send().await.expect(200).json();
    assert_eq!(none["items"], json!([]));
    for query in ["limit=0", "limit=-1", "limit=aaa", "limit=101", "page=1"] {
        let reply = market.get(&format!("{PATH}?{query}")).bearer(&other.token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let forged = market.get(&format!("{PATH}?cursor={cursor}")).bearer(&other.token).send().await;
    forged.expect_problem(400, "invalid-cursor");
}
