use events::PaymentDone;
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::Span;
use store::{Table, Write, keys};

use crate::tests::fixture::{AMOUNT, Market};

#[tokio::test]
async fn many_unknown_outcomes_are_resolved_in_one_run() {
    let market = Market::start().await;
    let mut all = Vec::new();
    for _ in 0..12 {
        let (begun, body) = market.agreed().await;
        market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
        market.providers().fail("toss:read", 1, FaultKind::LostBefore);
        market.confirm(&begun, &body).await.expect(202);
        all.push(begun);
    }
    market.sweep().await.unwrap();
    assert_eq!(market.purse().await, (0, 0), "their requests may still be at work");
    market.wait(Span::seconds(61)).await;
    assert_eq!(market.purse().await, (12 * AMOUNT, 0));
    for begun in &all {
        assert_eq!(market.status(begun).await, "done");
    }
}

#[tokio::test]
async fn runs_at_once_do_the_work_once() {
    let market = Market::start().await;
    let (begun, body) = market.agreed().await;
    market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    market.clock.advance(Span::seconds(61));
    for run in join_all((0..8).map(|_| market.sweep())).await {
        run.unwrap();
    }
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
    assert_eq!(market.told::<PaymentDone>().await.len(), 1);
}

#[tokio::test]
async fn one_that_cannot_be_resolved_keeps_no_other_waiting() {
    let market = Market::start().await;
    market.expect_failures();
    let mut all = Vec::new();
    for _ in 0..8 {
        let (begun, body) = market.agreed().await;
        market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
        market.providers().fail("toss:read", 1, FaultKind::LostBefore);
        market.confirm(&begun, &body).await.expect(202);
        all.push(begun);
    }
    let odd = &all[0];
    let key = keys::payment(odd.id.parse().unwrap());
    let write = Write::update(Table::Payment, key).set_number("amount", 1).if_present("pk");
    market.store().write(write).await.unwrap();
    market.clock.advance(Span::seconds(61));
    assert!(market.sweep().await.is_err());
    assert_eq!(market.purse().await, (7 * AMOUNT, 0));
    assert_eq!(market.status(odd).await, "approving");
}
