//! Who may order how much, and what a repetition must not tell.

use serde_json::json;

use crate::tests::fixture::Floor;

#[tokio::test]
async fn a_card_pays_no_more_than_one_payment_may_be() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let card = floor.card(&buyer).await;
    // 100,940,000 with the fee.
    let body = floor.card_bid(&buyer, 98_000_000, card);
    let told = floor.ask("orders", &buyer).json(body).send().await.expect(400).json();
    assert_eq!(told["errors"][0]["pointer"], "/funding");
}

#[tokio::test]
async fn who_owes_for_a_penalty_neither_sells_nor_buys() {
    let floor = Floor::open().await;
    let (seller, injured) = (floor.beggar().await, floor.trader().await);
    floor.owe(seller.user.id, injured.user.id, 500).await;
    for side in ["sell", "buy"] {
        floor.place(&seller, side, 10_000).await.expect_problem(409, "penalty-due");
    }
    // However much is there: it is collected first.
    floor.fund(seller.user.id, 100_000).await;
    for side in ["sell", "buy"] {
        floor.place(&seller, side, 10_000).await.expect_problem(409, "penalty-due");
    }
    floor.invoke("trade-collect-penalties", json!({})).await.unwrap();
    assert_eq!(floor.purse(&seller).await, (99_500, 0));
    floor.place(&seller, "sell", 10_000).await.expect(201);
}

/// Anybody with the session could try every password against the answer.
#[tokio::test]
async fn a_repetition_does_not_tell_whether_the_password_was_right() {
    let floor = Floor::trading().await;
    let buyer = floor.trader().await;
    let card = floor.card(&buyer).await;
    let body = floor.card_bid(&buyer, 10_000, card);
    let ask = |body| {
        let request = floor.post("/v1/exchange/orders").bearer(&floor.token_of(&buyer));
        request.key("once").json(body).send()
    };
    let first = ask(body.clone()).await.expect(201);
    for password in ["000000", "483920", "111111"] {
        let mut guess = body.clone();
        guess["funding"]["password"] = json!(password);
        let again = ask(guess).await.expect(201);
        assert_eq!(
            (again.text(), again.header("idempotency-replayed")),
            (first.text(), Some("true"))
        );
    }
    let mut other = body;
    other["price"] = json!(11_000);
    ask(other).await.expect_problem(422, "idempotency-key-reused");
}
