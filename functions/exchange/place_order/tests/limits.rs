//! Who may order how much, and what a repetition must not tell.

use domain::ledger::{Account, Between, Movement, MovementKind};
use kernel::Won;
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
async fn who_owes_more_than_the_wallet_holds_sells_nothing() {
    let floor = Floor::bare().await;
    let (seller, injured) = (floor.beggar().await, floor.trader().await);
    let accounts =
        Between { from: Account::Penalty(seller.user.id), to: Account::SpendOnly(injured.user.id) };
    let (reason, owed) = ("penalty#test".to_owned(), Won::constant(500));
    let penalty = Movement::transfer(reason, MovementKind::Penalty, owed, accounts).unwrap();
    assert!(floor.store().move_money(&penalty, floor.now()).await.unwrap());
    floor.place(&seller, "sell", 10_000).await.expect_problem(409, "penalty-due");
    floor.fund(seller.user.id, 1_500).await;
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
