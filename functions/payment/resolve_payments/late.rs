//! The provider's truth, found late: after a payment was given up, or its trade takes it no more.

use domain::payment::{Decline, LATE_LOOKS, LOOK_PAUSE_MAX, LOST_AFTER, Status};
use events::{PaymentDone, PaymentFailed, PaymentLanding};
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{AMOUNT, Begun, Market};

const MINUTE: Span = Span::seconds(61);
const DUE: Span = Span::days(7);

/// Chooses to pay into an account that is open for [`DUE`]; with the body of the confirmation.
fn choose_account(market: &Market, begun: &Begun) -> Value {
    let in_seoul = (market.now() + DUE + Span::hours(9)).to_string();
    let due = in_seoul.split('.').next().unwrap();
    let key = market.providers().toss_account(&begun.order, begun.amount, due);
    json!({ "paymentKey": key, "amount": begun.amount })
}

/// A top-up that waits for its deposit.
async fn deposit(market: &Market) -> (Begun, Value) {
    let begun = market.begin("toss").await;
    let body = choose_account(market, &begun);
    let reply = market.confirm(&begun, &body).await.expect(202).json();
    assert_eq!((&reply["status"], &reply["method"]), (&json!("approving"), &json!("가상계좌")));
    (begun, body)
}

/// A payment that was asked for in vain, and given up.
async fn given_up(market: &Market, begun: &Begun, provider: &str) {
    let body = match provider {
        "toss" => market.agree(begun),
        _ => market.agree_kakao(begun),
    };
    let call = if provider == "toss" { "toss:confirm" } else { "kakaopay:approve" };
    market.providers().fail(call, 1, FaultKind::LostBefore);
    market.confirm(begun, &body).await.expect(202);
    market.wait(MINUTE).await;
    market.wait(LOST_AFTER).await;
    let payment = market.payment(begun).await;
    assert_eq!((payment.status, payment.decline), (Status::Failed, Some(Decline::Expired)));
}

/// How a payment stands here, and at its provider: taken, and given back.
async fn stands(market: &Market, begun: &Begun) -> (&'static str, String, i64) {
    let stand = market.providers().stand(&begun.order).unwrap();
    (market.status(begun).await, stand.status, stand.cancelled)
}

/// F5: what waited for its deposit failed after 15 minutes, and the deposit credited nobody.
#[tokio::test]
async fn f5_a_deposit_is_waited_for_and_credited() {
    for told in [true, false] {
        let market = Market::start().await;
        let (begun, body) = deposit(&market).await;
        for span in [MINUTE, LOST_AFTER, Span::days(1), Span::days(5)] {
            market.wait(span).await;
            assert_eq!(market.status(&begun).await, "approving");
        }
        market.confirm(&begun, &body).await.expect(202);
        assert_eq!(market.providers().calls("toss:confirm"), 1, "it is asked for once");
        market.wait(MINUTE).await;
        market.providers().take_late(&begun.order);
        if told {
            let callback = |secret: String| {
                let order = &begun.order;
                json!({ "orderId": order, "secret": secret, "status": "DONE" })
            };
            let key = body["paymentKey"].as_str().unwrap();
            for (secret, status) in
                [("wrong".to_owned(), "approving"), (format!("ps_{key}"), "done")]
            {
                market.post("/v1/webhooks/toss").json(callback(secret)).send().await.expect(200);
                market.run_until_idle().await;
                assert_eq!(market.status(&begun).await, status);
            }
        } else {
            market.wait(LOOK_PAUSE_MAX).await;
        }
        assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
        market.confirm(&begun, &body).await.expect(200);
        assert_eq!(market.told::<PaymentDone>().await.len(), 1);
    }
}

#[tokio::test]
async fn a_deposit_that_does_not_come_ends_at_its_due_date_and_is_found_after_it() {
    let market = Market::start().await;
    let (begun, _) = deposit(&market).await;
    market.wait(Span::days(6)).await;
    market.wait(Span::days(1)).await;
    let payment = market.payment(&begun).await;
    assert_eq!((payment.status, payment.decline), (Status::Failed, Some(Decline::Expired)));
    market.providers().take_late(&begun.order);
    market.wait(*LATE_LOOKS.first().unwrap()).await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
}

/// A trade cannot wait for days: the account is closed at once, and the trade is free.
#[tokio::test]
async fn f5_no_trade_is_paid_into_an_account() {
    for lost in [None, Some(FaultKind::LostBefore), Some(FaultKind::LostAfter)] {
        let market = Market::start().await;
        let trade = market.trade().await;
        let begun = market.begin_trade(trade, "toss").await;
        let body = choose_account(&market, &begun);
        if let Some(lost) = lost {
            market.providers().fail("toss:cancel", 1, lost);
            market.providers().fail("toss:read", 1, FaultKind::LostBefore);
        }
        let reply = market.confirm(&begun, &body).await;
        reply.expect_problem(409, "method-unsupported");
        assert_eq!(market.store().trade(trade).await.unwrap().unwrap().claim, None);
        if lost.is_some() {
            assert_eq!(market.status(&begun).await, "returning");
            market.wait(MINUTE).await;
        }
        assert_eq!(stands(&market, &begun).await, ("failed", "CANCELED".to_owned(), 0), "{lost:?}");
        let reply = market.confirm(&begun, &body).await;
        reply.expect_problem(409, "method-unsupported");
        let other = market.begin_trade(trade, "kakaopay").await;
        let body = market.agree_kakao(&other);
        market.confirm(&other, &body).await.expect(200);
        assert_eq!(market.trade_state(trade).await, "awaiting_shipment");
        let told = market.told::<PaymentFailed>().await;
        assert_eq!((told.len(), &*told[0].reason), (1, "method-unsupported"));
    }
}

#[tokio::test]
async fn what_was_paid_into_a_trades_account_before_it_was_closed_goes_back() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    let body = choose_account(&market, &begun);
    market.providers().fail("toss:cancel", 1, FaultKind::LostBefore);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect_problem(409, "method-unsupported");
    market.providers().take_late(&begun.order);
    market.wait(MINUTE).await;
    assert_eq!(stands(&market, &begun).await, ("returned", "CANCELED".to_owned(), AMOUNT));
    assert_eq!(market.purse().await, (0, 0));
}

/// F5: money that came after a top-up was given up credited nobody.
#[tokio::test]
async fn f5_a_top_up_that_is_found_paid_late_is_credited_once() {
    for provider in ["toss", "kakaopay"] {
        let market = Market::start().await;
        let begun = market.begin(provider).await;
        given_up(&market, &begun, provider).await;
        market.providers().take_late(&begun.order);
        market.clock.advance(*LATE_LOOKS.first().unwrap());
        let (swept, told) = futures::join!(
            join_all((0..3).map(|_| market.sweep())),
            join_all((0..3).map(|_| market.notice(&begun)))
        );
        swept.into_iter().for_each(|run| assert!(run.is_ok()));
        told.into_iter().for_each(|reply| assert_eq!(reply.status(), 200));
        market.run_until_idle().await;
        let payment = market.payment(&begun).await;
        assert_eq!((payment.status, payment.decline), (Status::Done, None));
        assert_eq!((market.purse().await, payment.due_at()), ((AMOUNT, 0), None));
        let told = market.told::<PaymentDone>().await;
        assert_eq!((told.len(), told[0].landed), (1, PaymentLanding::Wallet));
        market.cancel(&begun, None).await.expect(200);
    }
}

/// F5: and what was for a trade stayed with its provider.
#[tokio::test]
async fn f5_money_for_a_trade_that_is_found_late_goes_back_at_once() {
    for (provider, call) in [("toss", "toss:cancel"), ("kakaopay", "kakaopay:cancel")] {
        for lost in [None, Some(FaultKind::LostBefore), Some(FaultKind::LostAfter)] {
            let market = Market::start().await;
            let trade = market.trade().await;
            let begun = market.begin_trade(trade, provider).await;
            given_up(&market, &begun, provider).await;
            market.providers().take_late(&begun.order);
            if let Some(lost) = lost {
                market.providers().fail(call, 1, lost);
                market.providers().fail(&format!("{provider}:read"), 2, FaultKind::LostBefore);
            }
            market.wait(*LATE_LOOKS.first().unwrap()).await;
            if lost.is_some() {
                assert_eq!(market.status(&begun).await, "returning", "{provider} {lost:?}");
                for key in ["return-payment", "mine"] {
                    let reply = market.cancel_with(&begun, key, None).await;
                    reply.expect_problem(409, "payment-not-cancellable");
                }
                market.wait(MINUTE).await;
                market.wait(MINUTE).await;
            }
            let (status, _, back) = stands(&market, &begun).await;
            assert_eq!((status, back), ("returned", AMOUNT), "{provider} {lost:?}");
            assert_eq!(market.purse().await, (0, 0));
            assert_eq!(market.trade_state(trade).await, "awaiting_payment");
            let told = market.told::<PaymentFailed>().await;
            assert_eq!(told.last().unwrap().reason, "trade-closed");
            market.cancel(&begun, None).await.expect_problem(409, "payment-not-cancellable");
        }
    }
}

#[tokio::test]
async fn what_its_provider_does_not_take_back_is_the_payers_to_spend() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    given_up(&market, &begun, "toss").await;
    market.providers().take_late(&begun.order);
    let refused = FaultKind::TossCode("REFUND_REJECTED");
    market.providers().fail("toss:cancel", 1, refused);
    market.wait(*LATE_LOOKS.first().unwrap()).await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
    let balance = market.store().balance(market.payer.id, store::Read::Consistent).await.unwrap();
    assert_eq!(balance.free.earned.get(), 0, "it may not leave");
    let told = market.told::<PaymentDone>().await;
    assert_eq!((told.len(), told[0].landed), (1, PaymentLanding::Wallet));
}

#[tokio::test]
async fn money_that_does_not_go_back_for_a_day_alarms_and_is_asked_for_on() {
    let market = Market::start().await;
    market.expect_failures();
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    given_up(&market, &begun, "toss").await;
    market.providers().take_late(&begun.order);
    market.providers().out_of_reach(&["toss:cancel"]);
    market.wait(*LATE_LOOKS.first().unwrap()).await;
    market.wait(Span::hours(23)).await;
    market.clock.advance(Span::hours(2));
    assert!(market.sweep().await.is_err(), "somebody must look");
    market.providers().recover();
    market.wait(LOOK_PAUSE_MAX).await;
    let (status, _, back) = stands(&market, &begun).await;
    assert_eq!((status, back), ("returned", AMOUNT));
}

#[tokio::test]
async fn what_never_came_is_looked_for_a_few_times_and_then_no_more() {
    let market = Market::start().await;
    let begun = market.begin("toss").await;
    given_up(&market, &begun, "toss").await;
    let before = market.providers().calls("toss:read");
    for pause in LATE_LOOKS {
        market.wait(*pause).await;
    }
    assert_eq!(market.providers().calls("toss:read") - before, LATE_LOOKS.len());
    assert_eq!(market.payment(&begun).await.due_at(), None);
    market.notice(&begun).await.expect(200);
    market.run_until_idle().await;
    assert_eq!(market.status(&begun).await, "failed", "a notice is not believed");
    market.providers().take_late(&begun.order);
    market.notice(&begun).await.expect(200);
    market.run_until_idle().await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
}
