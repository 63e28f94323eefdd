use crate::tests::fixture::{Market, PRICE, offer_id, person, trade_id, user};

#[tokio::test]
async fn the_next_bidder_is_asked_at_once() {
    let market = Market::won().await;
    market.ledger(&[(user(3), 70_000), (user(4), 80_000), (market.buyer.id, PRICE)], None).await;
    let winner = market.ask(trade_id(), "decline", &market.buyer).send().await;
    winner.expect_problem(409, "not-an-offer");
    market.cancel(&market.buyer).await.expect(200);
    market.run_until_idle().await;
    let first = person(&market, 4);
    let trade = market.trade(offer_id(1)).await;
    assert_eq!((trade.agreement.buyer, trade.agreement.price.get()), (first.id, 80_000));
    market
        .ask(offer_id(1), "decline", &market.seller)
        .send()
        .await
        .expect_problem(403, "forbidden");
    let stranger = market.ask(offer_id(1), "decline", &person(&market, 3)).send().await;
    stranger.expect_problem(404, "trade-not-found");
    let reply = market.ask(offer_id(1), "decline", &first).send().await.expect(200).json();
    assert_eq!(reply["cancellation"]["fault"], "nobody");
    market.run_until_idle().await;
    let trade = market.trade(offer_id(2)).await;
    assert_eq!((trade.agreement.buyer, trade.agreement.price.get()), (user(3), 70_000));
}
