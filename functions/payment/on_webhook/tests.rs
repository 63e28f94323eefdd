use events::PaymentDone;
use gateway::fake::FaultKind;
use serde_json::{Value, json};

use crate::tests::fixture::{AMOUNT, Market};

fn ignored(market: &Market) -> Vec<Value> {
    let lines = market.log_lines().into_iter();
    lines.filter(|line| line["webhooksIgnored"] == 1).map(|line| line["reason"].clone()).collect()
}

#[tokio::test]
async fn a_notice_that_comes_before_the_answer_finishes_the_payment() {
    let market = Market::start().await;
    let (begun, body) = market.agreed().await;
    market.providers().fail("toss:confirm", 1, FaultKind::Held);
    let confirm = market.confirm(&begun, &body);
    let meanwhile = async {
        market.providers().holding().await;
        market.notice(&begun).await.expect(200);
        market.run_until_idle().await;
        assert_eq!(market.status(&begun).await, "done");
        market.providers().release();
    };
    let (reply, ()) = futures::join!(confirm, meanwhile);
    assert_eq!(reply.expect(200).json()["status"], "done");
    assert_eq!(market.purse().await, (AMOUNT, 0));
    assert_eq!(market.told::<PaymentDone>().await.len(), 1);
}

#[tokio::test]
async fn a_notice_resolves_an_unknown_outcome_however_often_it_comes() {
    let market = Market::start().await;
    market.cloud.adjust(|knobs| knobs.message_copies = 3);
    let (begun, body) = market.agreed().await;
    market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    for _ in 0..3 {
        market.notice(&begun).await.expect(200);
        market.run_until_idle().await;
    }
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
    assert_eq!(market.told::<PaymentDone>().await.len(), 1);
}

#[tokio::test]
async fn a_notice_is_not_believed() {
    let market = Market::start().await;
    let ready = market.begin("toss").await;
    let (approving, body) = market.agreed().await;
    market.providers().fail("toss:confirm", 1, FaultKind::LostBefore);
    market.confirm(&approving, &body).await.expect(202);
    for begun in [&ready, &approving] {
        market.notice(begun).await.expect(200);
    }
    market.run_until_idle().await;
    let stand = (market.status(&ready).await, market.status(&approving).await);
    assert_eq!((stand, market.purse().await), (("ready", "approving"), (0, 0)));
    market.clock.advance(domain::payment::LOST_AFTER);
    market.sweep().await.unwrap();
}

#[tokio::test]
async fn unknown_orders_and_wrong_secrets_are_ignored_and_counted() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let post = async |body: Value| {
        market.post("/v1/webhooks/toss").json(body).send().await.expect(200);
        market.run_until_idle().await;
    };
    let changed = "PAYMENT_STATUS_CHANGED";
    for order in ["0".repeat(32), "nonsense".to_owned(), begun.order.to_uppercase()] {
        post(json!({ "eventType": changed, "data": { "orderId": order } })).await;
    }
    post(json!({ "orderId": begun.order, "secret": "wrong" })).await;
    let unknown = json!("unknown order");
    assert_eq!(
        ignored(&market),
        [unknown.clone(), unknown.clone(), unknown, json!("wrong secret")]
    );
    let key = market.payment(&begun).await.provider_key.unwrap();
    post(json!({ "orderId": begun.order, "secret": format!("ps_{key}") })).await;
    assert_eq!(ignored(&market).len(), 4, "the right secret is followed");
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
}

#[tokio::test]
async fn a_notice_finishes_a_cancellation_whose_answer_was_lost() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    market.providers().fail("toss:cancel", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.cancel(&begun, None).await.expect(202);
    market.notice(&begun).await.expect(200);
    market.run_until_idle().await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("cancelled", (0, 0)));
}
