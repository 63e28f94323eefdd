use domain::payment::Status;
use kernel::Span;
use serde_json::{Value, json};

use super::StatusName;
use crate::tests::fixture::Market;

const PATH: &str = "/v1/admin/payments";

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn list(market: &Market, query: &str) -> Value {
    let request = market.get(&format!("{PATH}?{query}")).bearer(&market.admin().token);
    request.send().await.expect(200).json()
}

#[test]
fn every_status_is_asked_for_by_the_name_that_a_payment_shows() {
    let names = [
        "ready",
        "approving",
        "done",
        "failed",
        "partially_cancelled",
        "cancelled",
        "returning",
        "returned",
    ];
    for text in names {
        let name: StatusName = serde_json::from_value(json!(text)).unwrap();
        assert_eq!(Status::from(name).as_str(), text);
    }
}

/// F11: there was no list of everybody's payments.
#[tokio::test]
async fn everybodys_payments_of_one_status() {
    let market = Market::start().await;
    let mut begun = Vec::new();
    for _ in 0..3 {
        market.clock.advance(Span::millis(1));
        begun.push(market.begin("toss").await.id.to_string());
    }
    for limit in [1, 2, 3] {
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let query = format!("status=ready&order=oldest&limit={limit}{after}");
            let page = list(&market, &query).await;
            found.extend(ids(&page));
            let Some(cursor) = page["nextCursor"].as_str() else { break };
            after = format!("&cursor={cursor}");
        }
        assert_eq!(found, begun, "by {limit}");
    }
    let newest = list(&market, "status=ready").await;
    assert_eq!(ids(&newest), [&*begun[2], &begun[1], &begun[0]]);
    let first = &newest["items"][0];
    assert_eq!(first["userId"], market.payer.id.to_string());
    assert_eq!((&first["underWaySince"], &first["status"]), (&Value::Null, &json!("ready")));
    assert_eq!(ids(&list(&market, "status=done").await), Vec::<String>::new());
}

#[tokio::test]
async fn admins_alone_and_good_questions_alone() {
    let market = Market::start().await;
    let ask =
        |query: &str, token: &str| market.get(&format!("{PATH}?{query}")).bearer(token).send();
    let payer = market.token_of(&market.payer);
    ask("status=ready", &payer).await.expect_problem(403, "forbidden");
    let admin = market.admin().token;
    for bad in ["", "status=paid", "state=ready", "status=ready&order=up", "status=ready&limit=-1"]
    {
        ask(bad, &admin).await.expect_problem(400, "invalid-request");
    }
    ask("status=ready&cursor=x", &admin).await.expect_problem(400, "invalid-cursor");
}
