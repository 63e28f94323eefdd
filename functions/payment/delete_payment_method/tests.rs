use futures::future::join_all;
use gateway::fake::FaultKind;
use local::{Fault, FaultKind as CloudFault};

use crate::tests::fixture::Market;

#[tokio::test]
async fn a_deleted_card_is_gone_here_and_there() {
    let market = Market::start().await;
    let (card, other) = (market.card("card-ok-1").await, market.card("card-ok-2").await);
    market.forget(&market.payer, card).await.expect(204);
    let again = market.forget(&market.payer, card).await;
    again.expect_problem(404, "payment-method-not-found");
    assert_eq!(market.providers().cards(), 1);
    assert!(market.store().payment_method(market.payer.id, other).await.unwrap().is_some());
    // The provider still repeats its answer to this authKey: a key that is gone.
    let back = market.register(&market.payer, "card-ok-1", "271828").await;
    back.expect_problem(409, "card-authorization-used");
}

#[tokio::test]
async fn what_is_not_ones_own_is_not_there() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let other = market.signed_in("other");
    market.forget(&other, card).await.expect_problem(404, "payment-method-not-found");
    let token = market.token_of(&market.payer);
    for bad in ["0", "-1", "1.5", "aaa", "01938f3c7e2a70008000000000000001"] {
        let path = format!("/v1/me/payment-methods/{bad}");
        let reply = market.delete(&path).bearer(&token).send().await;
        reply.expect_problem(400, "invalid-request");
    }
    let path = format!("/v1/me/payment-methods/{card}");
    market.delete(&path).send().await.expect_problem(401, "unauthenticated");
    assert_eq!((market.providers().cards(), market.providers().calls("toss:forget")), (1, 0));
}

/// Whatever breaks off, the card is still there to be deleted again.
#[tokio::test]
async fn a_provider_out_of_reach_keeps_the_card() {
    use FaultKind::{Garbage, LostAfter, LostBefore, Status500};
    for what in [LostBefore, LostAfter, Status500, Garbage] {
        let market = Market::start().await;
        market.expect_failures();
        let card = market.card("card-ok-1").await;
        market.providers().fail("toss:forget", 1, what);
        let lost = market.forget(&market.payer, card).await;
        lost.expect_problem(503, "provider-unavailable");
        assert!(market.store().payment_method(market.payer.id, card).await.unwrap().is_some());
        market.forget(&market.payer, card).await.expect(204);
        assert_eq!(market.providers().cards(), 0, "{what:?}");
    }
}

#[tokio::test]
async fn a_table_out_of_reach_keeps_the_row_or_not() {
    for what in [CloudFault::TimeoutBefore, CloudFault::TimeoutAfter, CloudFault::Throttle] {
        let market = Market::start().await;
        market.expect_failures();
        let card = market.card("card-ok-1").await;
        for _ in 0..30 {
            market.cloud.faults().push(Fault::next("dynamodb:TransactWriteItems", what));
        }
        market.forget(&market.payer, card).await.expect_problem(503, "try-again");
        market.cloud.faults().clear();
        let due = if what == CloudFault::TimeoutAfter { 404 } else { 204 };
        assert_eq!(market.forget(&market.payer, card).await.status(), due, "{what:?}");
        assert_eq!(market.providers().cards(), 0);
    }
}

#[tokio::test]
async fn of_many_at_once_one_deletes() {
    let market = Market::start().await;
    let (card, _) = (market.card("card-ok-1").await, market.card("card-ok-2").await);
    let replies = join_all((0..16).map(|_| market.forget(&market.payer, card))).await;
    let deleted = replies.iter().filter(|reply| reply.status() == 204).count();
    assert_eq!(deleted, 1);
    // The count is right: nine more fit.
    for number in 3..12 {
        market.card(&format!("card-ok-{number}")).await;
    }
    let full = market.register(&market.payer, "card-ok-12", "271828").await;
    full.expect_problem(409, "payment-methods-full");
}

/// F4: a card was deleted while its bids rested, and the seller who met them had nobody to charge.
#[tokio::test]
async fn a_card_that_a_trade_waits_for_is_not_deleted() {
    let market = Market::start().await;
    let card = market.card("card-ok-1").await;
    let trade = market.by_card(card).await;
    for _ in 0..2 {
        let refused = market.forget(&market.payer, card).await;
        refused.expect_problem(409, "payment-method-in-use");
    }
    assert_eq!((market.providers().cards(), market.providers().calls("toss:forget")), (1, 0));
    market.call(trade).await;
    market.run_until_idle().await;
    assert_eq!(market.trade_state(trade).await, "awaiting_shipment");
    market.forget(&market.payer, card).await.expect(204);
}
