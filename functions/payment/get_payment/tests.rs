use crate::tests::fixture::{AMOUNT, Market};

#[tokio::test]
async fn shows_the_callers_own_and_nobody_elses() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let token = market.token_of(&market.payer);
    let shown = market.get(&begun.path).bearer(&token).send().await.expect(200).json();
    assert_eq!((&shown["status"], &shown["amount"]), (&"done".into(), &AMOUNT.into()));
    assert_eq!(shown["method"], "카드");
    let other = market.signed_in("other");
    let foreign = market.get(&begun.path).bearer(&other.token).send().await;
    foreign.expect_problem(404, "payment-not-found");
    market.get(&begun.path).send().await.expect_problem(401, "unauthenticated");
    let capitals = begun.path.replace("/v1/payments/", "").to_uppercase();
    let capitals = market.get(&format!("/v1/payments/{capitals}")).bearer(&token).send().await;
    assert_eq!(capitals.expect(200).json(), shown);
    for id in ["0", "abc", "01938f3c7e2a70008000000000000001"] {
        let reply = market.get(&format!("/v1/payments/{id}")).bearer(&token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
}
