use domain::trade::{Actor, Command, decide, due_command};
use events::{PaymentDone, PaymentFailed, PaymentLanding};
use gateway::fake::FaultKind;
use kernel::{Id, Span};
use serde_json::json;

use crate::tests::fixture::{AMOUNT, Market};

const MINUTE: Span = Span::seconds(61);

#[tokio::test]
async fn a_trade_is_paid_through_either_provider() {
    for provider in ["toss", "kakaopay"] {
        let market = Market::start().await;
        let trade = market.trade().await;
        let begun = market.begin_trade(trade, provider).await;
        assert_eq!(begun.amount, AMOUNT, "the price is the trade's");
        let body = match provider {
            "toss" => market.agree(&begun),
            _ => market.agree_kakao(&begun),
        };
        assert_eq!(market.trade_state(trade).await, "awaiting_payment");
        let reply = market.confirm(&begun, &body).await.expect(200).json();
        assert_eq!((&reply["purpose"], &reply["tradeId"]), (&json!("trade"), &json!(trade)));
        assert_eq!(market.trade_state(trade).await, "awaiting_shipment");
        assert_eq!(market.store().escrow(trade).await.unwrap().get(), AMOUNT);
        assert_eq!(market.purse().await, (0, 0));
        let told = market.told::<PaymentDone>().await;
        assert_eq!(told[0].landed, PaymentLanding::Trade);
        market.cancel(&begun, None).await.expect_problem(409, "payment-not-cancellable");
    }
}

#[tokio::test]
async fn only_the_buyer_begins_and_only_with_an_address() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let address = market.address(market.payer.id).await;
    let path = format!("/v1/trades/{trade}/payments");
    let body = json!({ "provider": "toss", "addressId": address });
    let other = market.signed_in("other");
    let foreign = market.post(&path).bearer(&other.token).key("k").json(body.clone()).send().await;
    foreign.expect_problem(404, "trade-not-found");
    let seller = market.store().trade(trade).await.unwrap().unwrap().agreement.seller;
    let token = market.token(seller, &[domain::identity::Role::User]);
    let wrong = market.post(&path).bearer(&token).key("k").json(body.clone()).send().await;
    wrong.expect_problem(403, "forbidden");
    let nowhere = json!({ "provider": "toss", "addressId": Id::<()>::from_uuid(trade.uuid()) });
    let reply = market.ask(&path, "a", nowhere).send().await;
    reply.expect_problem(404, "address-not-found");
    for (provider, status) in [("naver", 422), ("payco", 422), ("Toss", 400), ("paypal", 400)] {
        let body = json!({ "provider": provider, "addressId": address });
        assert_eq!(market.ask(&path, "b", body).send().await.status(), status, "{provider}");
    }
    for bad in [json!({ "provider": "toss" }), json!({ "addressId": address })] {
        market.ask(&path, "c", bad).send().await.expect_problem(400, "invalid-request");
    }
    let priced = json!({ "provider": "toss", "addressId": address, "amount": 1 });
    market.ask(&path, "d", priced).send().await.expect_problem(400, "invalid-request");
    market.clock.advance(Span::hours(48));
    let late = market.ask(&path, "e", body).send().await;
    late.expect_problem(409, "payment-overdue");
}

#[tokio::test]
async fn of_two_payments_of_one_trade_the_first_to_be_confirmed_wins() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let (one, two) =
        (market.begin_trade(trade, "toss").await, market.begin_trade(trade, "toss").await);
    let (first, second) = (market.agree(&one), market.agree(&two));
    let (a, b) = futures::join!(market.confirm(&one, &first), market.confirm(&two, &second));
    let mut statuses = [a.status(), b.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(market.providers().calls("toss:confirm"), 1);
    assert_eq!(market.store().escrow(trade).await.unwrap().get(), AMOUNT);
}

#[tokio::test]
async fn a_trade_that_is_being_paid_does_not_expire() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    let body = market.agree(&begun);
    market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.clock.advance(Span::millis(48 * 3_600_000 - 1));
    market.confirm(&begun, &body).await.expect(202);
    market.clock.advance(MINUTE);
    let row = market.store().trade(trade).await.unwrap().unwrap();
    assert_eq!(due_command(&row, market.now()), None, "the clock waits for the payment");
    market.sweep().await.unwrap();
    assert_eq!(market.trade_state(trade).await, "awaiting_shipment");
}

#[tokio::test]
async fn an_expired_trade_takes_no_payment_and_nobody_is_asked_for_money() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    let body = market.agree(&begun);
    market.clock.advance(Span::hours(48));
    market.confirm(&begun, &body).await.expect_problem(409, "payment-overdue");
    let row = market.store().trade(trade).await.unwrap().unwrap();
    let decision = decide(&row, Command::TimeOut, Actor::System, market.now()).unwrap();
    assert!(market.store().trade_commit(&row, &decision, market.now()).await.unwrap());
    market.confirm(&begun, &body).await.expect_problem(409, "wrong-trade-state");
    assert_eq!(market.providers().calls("toss:confirm"), 0);
}

#[tokio::test]
async fn a_refused_card_leaves_the_trade_free_to_be_paid_otherwise() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    let body = market.agree(&begun);
    let refused = FaultKind::TossCode("REJECT_CARD_PAYMENT");
    market.providers().fail("toss:confirm", 1, refused);
    market.confirm(&begun, &body).await.expect_problem(409, "payment-declined");
    assert_eq!(market.store().trade(trade).await.unwrap().unwrap().claim, None);
    let begun = market.begin_trade(trade, "kakaopay").await;
    let body = market.agree_kakao(&begun);
    market.confirm(&begun, &body).await.expect(200);
    assert_eq!(market.trade_state(trade).await, "awaiting_shipment");
}

#[tokio::test]
async fn money_that_the_trade_cannot_take_any_more_goes_back_to_its_provider() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    let body = market.agree(&begun);
    market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    // A hand takes the claim away and ends the trade.
    let row = market.store().trade(trade).await.unwrap().unwrap();
    let payment = begun.id.parse().unwrap();
    let write = store::trade::unclaim_payment(&row, payment, false).unwrap();
    market.store().write(write).await.unwrap();
    market.wait(MINUTE).await;
    assert_eq!((market.status(&begun).await, market.purse().await), ("returned", (0, 0)));
    assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, AMOUNT);
    assert_eq!(market.trade_state(trade).await, "awaiting_payment");
    assert_eq!(market.told::<PaymentFailed>().await[0].reason, "trade-closed");
    assert!(market.told::<PaymentDone>().await.is_empty());
    let reply = market.confirm(&begun, &body).await.expect_problem(409, "payment-declined");
    assert_eq!(reply.json()["reason"], "trade-closed");
}
