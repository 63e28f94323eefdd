use crate::{
    hand_over_trade::tests::{enter, renew, shown, to_meet},
    tests::fixture::trade_id,
};

#[tokio::test]
async fn the_code_before_counts_no_more() {
    let market = to_meet().await;
    let (before, _) = shown(&market).await;
    renew(&market).await.expect(200);
    let (now, _) = shown(&market).await;
    if before != now {
        enter(&market, &before).await.expect_problem(409, "wrong-handover-code");
    }
    enter(&market, &now).await.expect(200);
}

#[tokio::test]
async fn a_renewal_is_told_once() {
    let market = to_meet().await;
    let request = || {
        let renewal = market.post(&format!("/v1/trades/{}/handover-code/renew", trade_id()));
        renewal.bearer(&market.token_of(&market.buyer)).key("same").send()
    };
    request().await.expect(200);
    let (code, _) = shown(&market).await;
    let again = request().await.expect(200);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(shown(&market).await.0, code, "the repetition renews nothing");
    renew(&market).await.expect(200);
    assert_eq!(market.trade(trade_id()).await.meeting.unwrap().code, 2);
}
