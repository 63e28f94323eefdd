use domain::payment::method::{LOCK, WRONG_TRIES_MAX};
use platform::payment_password;
use serde_json::{Value, json};

use crate::tests::fixture::Market;

const PATH: &str = "/v1/me/payment-methods";

async fn list(market: &Market, query: &str) -> Value {
    let request = market.get(&format!("{PATH}{query}")).bearer(&market.token_of(&market.payer));
    request.send().await.expect(200).json()
}

#[tokio::test]
async fn shows_the_callers_own_masked() {
    let market = Market::start().await;
    assert_eq!(list(&market, "").await, json!({ "items": [], "nextCursor": null }));
    let mut cards = Vec::new();
    for number in 0..3 {
        cards.push(market.card(&format!("card-ok-{number}")).await.to_string());
    }
    let other = market.signed_in("other");
    market.register(&other, "card-ok-other", "000000").await.expect(201);
    let shown = list(&market, "").await;
    let mut ids: Vec<_> = shown["items"].as_array().unwrap().iter().collect();
    ids.sort_by_key(|item| item["id"].as_str().unwrap().to_owned());
    cards.sort();
    assert_eq!(
        ids.iter().map(|item| &item["id"]).collect::<Vec<_>>(),
        cards.iter().collect::<Vec<_>>()
    );
    let fields: Vec<_> = ids[0].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["createdAt", "id", "issuer", "lockedUntil", "number"]);
    assert!(ids.iter().all(|item| item["number"] == "43301234****123*"));
}

#[tokio::test]
async fn pages_are_bounded_and_cursors_are_the_callers_own() {
    let market = Market::start().await;
    for number in 0..3 {
        market.card(&format!("card-ok-{number}")).await;
    }
    let first = list(&market, "?limit=2").await;
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&market, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    let other = market.signed_in("other");
    let stolen = market.get(&format!("{PATH}?cursor={cursor}")).bearer(&other.token).send().await;
    stolen.expect_problem(400, "invalid-cursor");
    for bad in ["?limit=0", "?limit=-1", "?limit=1.5", "?limit=aaa", "?limit=101", "?of=me"] {
        let reply = market.get(&format!("{PATH}{bad}")).bearer(&other.token).send().await;
        assert_eq!(reply.status(), 400, "{bad}");
    }
    market.get(PATH).send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_lock_is_shown_while_it_lasts() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let wrong = "000000".parse().unwrap();
    for _ in 0..WRONG_TRIES_MAX {
        let user = market.payer.id;
        let answer = payment_password::check(&market.app, user, card, &wrong, market.now()).await;
        assert_eq!(answer.unwrap_err().code.code, "wrong-payment-password");
    }
    let until = (market.now() + LOCK).to_string();
    assert_eq!(list(&market, "").await["items"][0]["lockedUntil"], json!(until));
    market.clock.advance(LOCK);
    assert_eq!(list(&market, "").await["items"][0]["lockedUntil"], json!(null));
}
