use kernel::Span;
use serde_json::{Value, json};

use crate::{list_trades::tests::five, tests::fixture::Market};

const PATH: &str = "/v1/admin/trades";

fn titles(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

async fn list(market: &Market, query: &str) -> Value {
    let request = market.get(&format!("{PATH}?{query}")).bearer(&market.admin().token);
    request.send().await.expect(200).json()
}

/// All pages.
async fn whole(market: &Market, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = list(market, &format!("{query}{after}")).await;
        found.extend(titles(&page));
        let Some(cursor) = page["nextCursor"].as_str() else { return found };
        after = format!("&cursor={cursor}");
    }
}

async fn cancel(market: &Market, n: usize) {
    let token = market.token_of(&market.seller);
    let all = market.get("/v1/trades?role=seller").bearer(&token).send().await.expect(200).json();
    let id = all["items"][4 - n]["id"].as_str().unwrap().parse().unwrap();
    let request = market.ask(id, "cancel", &market.seller);
    request.json(json!({ "reason": "변심" })).send().await.expect(200);
}

/// F11: there was no list of everybody's trades.
#[tokio::test]
async fn everybodys_trades_of_one_state_by_when_they_entered_it() {
    let market = five().await;
    cancel(&market, 3).await;
    market.clock.advance(Span::minutes(1));
    cancel(&market, 1).await;
    for limit in [1, 2, 100] {
        let of = async |state: &str, order: &str| {
            whole(&market, &format!("state={state}&order={order}&limit={limit}")).await
        };
        assert_eq!(of("awaiting_payment", "oldest").await, ["물건 0", "물건 2", "물건 4"]);
        assert_eq!(of("awaiting_payment", "newest").await, ["물건 4", "물건 2", "물건 0"]);
        assert_eq!(of("cancelled", "newest").await, ["물건 1", "물건 3"]);
        assert_eq!(of("completed", "oldest").await, Vec::<String>::new());
    }
    let newest = list(&market, "state=cancelled").await;
    assert_eq!(titles(&newest), ["물건 1", "물건 3"], "newest first unless asked otherwise");
    let first = &newest["items"][0];
    assert_eq!(first["cancelled"], "seller_refused");
    assert_eq!((&first["deadline"], &first["paying"]), (&Value::Null, &json!(false)));
    for (name, id) in [("sellerId", market.seller.id), ("buyerId", market.buyer.id)] {
        assert_eq!(first[name], id.to_string());
    }
}

/// Whoever paid lives somewhere: that is not told in a list.
#[tokio::test]
async fn no_list_tells_where_anybody_lives() {
    let market = Market::paid().await;
    let page = list(&market, "state=awaiting_shipment").await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    let text = page.to_string();
    for private in ["recipient", "phone", "address", "note", "tracking"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
}

#[tokio::test]
async fn what_is_past_its_deadline_and_was_not_moved_is_overdue() {
    let market = five().await;
    assert_eq!(whole(&market, "overdue=true").await, Vec::<String>::new());
    // Each is to be paid within 48 hours. They began a minute apart; no sweep runs when the clock
    // is set.
    market.clock.advance(Span::minutes(48 * 60 - 3));
    let overdue = whole(&market, "overdue=true&order=oldest&limit=1").await;
    assert_eq!(overdue, ["물건 0", "물건 1", "물건 2"]);
    let overdue = whole(&market, "overdue=true&limit=2").await;
    assert_eq!(overdue, ["물건 2", "물건 1", "물건 0"]);
    market.advance(Span::minutes(2)).await;
    assert_eq!(whole(&market, "overdue=true").await, Vec::<String>::new(), "the sweep was there");
}

#[tokio::test]
async fn admins_alone_and_good_questions_alone() {
    let market = five().await;
    let ask =
        |query: &str, token: &str| market.get(&format!("{PATH}?{query}")).bearer(token).send();
    let admin = market.admin().token;
    let seller = market.token_of(&market.seller);
    ask("state=completed", &seller).await.expect_problem(403, "forbidden");
    for bad in [
        "",
        "overdue=false",
        "overdue=yes",
        "state=completed&overdue=true",
        "state=paid",
        "state=completed&order=random",
        "state=completed&limit=0",
        "state=completed&user=1",
    ] {
        ask(bad, &admin).await.expect_problem(400, "invalid-request");
    }
    let page = list(&market, "state=awaiting_payment&limit=1").await;
    let cursor = page["nextCursor"].as_str().unwrap();
    for other in ["state=cancelled", "state=awaiting_payment&order=oldest", "overdue=true"] {
        let foreign = ask(&format!("{other}&limit=1&cursor={cursor}"), &admin).await;
        foreign.expect_problem(400, "invalid-cursor");
    }
}
