use std::sync::Arc;

use domain::{
    identity::Role,
    trade::{Actor, Command, decide},
};
use kernel::{PaymentId, Span, Won};
use serde_json::{Value, json};
use store::{
    CommitError, Transaction,
    auction::{Strike, StrikeKind},
    trade::{TradeWrite, claim_payment, unclaim_payment},
};
use uuid::Uuid;

use crate::tests::fixture::{Market, PRICE, at_once, count, shared, trade_id};

fn payment(n: u128) -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(n))
}

#[tokio::test]
async fn the_money_waits_in_escrow_and_the_address_is_copied() {
    let market = Market::won().await;
    let reply = market.pay().await.expect(200).json();
    assert_eq!(reply["state"], "awaiting_shipment");
    assert_eq!(reply["address"]["recipient"], "김민지");
    assert_eq!(reply["sellerFee"], json!(null));
    assert_eq!(market.purse(market.buyer.id).await, (PRICE, 0));
    assert_eq!(market.escrow(trade_id()).await, PRICE);
    let trade = market.trade(trade_id()).await;
    assert_eq!(trade.deadline, Some(market.now() + Span::hours(48)));
}

/// Acceptance: 30 and 100 simultaneous payments of one trade from the wallet → one, deducted once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_payments_at_once_are_one() {
    for requests in [30, 100] {
        let market = shared(Market::won().await);
        let address = market.address(market.buyer.id).await;
        let replies = at_once(requests, |_| {
            let market = Arc::clone(&market);
            async move {
                let request = market.ask(trade_id(), "pay", &market.buyer);
                request.json(json!({ "addressId": address })).send().await
            }
        });
        let replies = replies.await;
        assert_eq!(count(&replies, 200), 1);
        let refused = replies.iter().filter(|reply| reply.code() == "wrong-trade-state").count();
        assert_eq!(refused, requests - 1);
        assert_eq!(market.purse(market.buyer.id).await, (PRICE, 0));
        assert_eq!(market.escrow(trade_id()).await, PRICE);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_many_times_at_once_is_answered_alike() {
    let market = shared(Market::won().await);
    let address = market.address(market.buyer.id).await;
    let replies = at_once(64, |_| {
        let market = Arc::clone(&market);
        async move {
            let token = market.token_of(&market.buyer);
            let request = market.post(&format!("/v1/trades/{}/pay", trade_id()));
            request.bearer(&token).key("k").json(json!({ "addressId": address })).send().await
        }
    });
    let replies = replies.await;
    assert_eq!(count(&replies, 200), 64);
    assert!(replies.iter().all(|reply| reply.text() == replies[0].text()));
    let fresh = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(fresh.count(), 1);
    assert_eq!(market.purse(market.buyer.id).await, (PRICE, 0));
}

#[tokio::test]
async fn refuses_what_cannot_be_paid() {
    let market = Market::won().await;
    let address = market.address(market.buyer.id).await;
    let foreign = market.address(market.seller.id).await;
    let pay = |body| market.ask(trade_id(), "pay", &market.buyer).json(body).send();
    pay(json!({})).await.expect_problem(400, "invalid-request");
    pay(json!({ "addressId": 1 })).await.expect_problem(400, "invalid-request");
    pay(json!({ "addressId": "x" })).await.expect_problem(400, "invalid-request");
    let extra = json!({ "addressId": address, "amount": 1 });
    pay(extra).await.expect_problem(400, "invalid-request");
    pay(json!({ "addressId": foreign })).await.expect_problem(404, "address-not-found");
    let keyless = market.post(&format!("/v1/trades/{}/pay", trade_id()));
    let keyless = keyless.bearer(&market.token_of(&market.buyer));
    let keyless = keyless.json(json!({ "addressId": address })).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    market.pay_as(trade_id(), &market.seller).await.expect_problem(403, "forbidden");
    let stranger = market.signed_in("stranger");
    market.pay_as(trade_id(), &stranger).await.expect_problem(404, "trade-not-found");
    let admin = market.admin();
    let address = market.address(admin.id).await;
    let request = market.post(&format!("/v1/trades/{}/pay", trade_id())).key("admin");
    let token = market.token(admin.id, &[Role::User, Role::Admin]);
    let reply = request.bearer(&token).json(json!({ "addressId": address })).send().await;
    reply.expect_problem(403, "forbidden");
    assert_eq!(market.escrow(trade_id()).await, 0);
}

#[tokio::test]
async fn a_wallet_that_holds_too_little_pays_nothing() {
    let market = Market::start().await;
    market.fund(market.buyer.id, PRICE - 1).await;
    market.close(PRICE).await;
    market.pay().await.expect_problem(409, "insufficient-balance");
    assert_eq!(market.purse(market.buyer.id).await, (PRICE - 1, 0));
    market.fund(market.buyer.id, 1).await;
    market.pay().await.expect(200);
    assert_eq!(market.purse(market.buyer.id).await, (0, 0));
}

#[tokio::test]
async fn a_key_belongs_to_one_request() {
    let market = Market::won().await;
    let bodies = [market.address(market.buyer.id).await, market.address(market.buyer.id).await];
    let [first, second] = bodies.map(|address| {
        let request = market.post(&format!("/v1/trades/{}/pay", trade_id())).key("k");
        request.bearer(&market.token_of(&market.buyer)).json(json!({ "addressId": address }))
    });
    first.send().await.expect(200);
    second.send().await.expect_problem(422, "idempotency-key-reused");
}

#[tokio::test]
async fn too_late_is_too_late_even_before_the_sweep() {
    let market = Market::won().await;
    market.ledger(&[(market.buyer.id, PRICE)], None).await;
    market.clock.advance(Span::hours(48));
    market.pay().await.expect_problem(409, "payment-overdue");
    market.sweep().await;
    market.pay().await.expect_problem(409, "wrong-trade-state");
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_races_expiry_and_one_wins() {
    for round in 0..8 {
        let market = shared(Market::won().await);
        market.ledger(&[(market.buyer.id, PRICE)], None).await;
        let address = market.address(market.buyer.id).await;
        market.clock.advance(Span::millis(48 * 3_600_000 - 1));
        let token = market.token_of(&market.buyer);
        let replies = at_once(3, |number| {
            let (market, token) = (Arc::clone(&market), token.clone());
            async move {
                if number == round % 3 {
                    market.clock.advance(Span::millis(1));
                    market.invoke("trade-sweep-due-trades", json!({})).await.unwrap();
                }
                let request = market.post(&format!("/v1/trades/{}/pay", trade_id()));
                let request = request.bearer(&token).key(&market.fresh_key());
                request.json(json!({ "addressId": address })).send().await
            }
        });
        let paid = count(&replies.await, 200);
        assert!(paid <= 1);
        let left = 2 * PRICE - i64::try_from(paid).unwrap() * PRICE;
        assert_eq!(market.purse(market.buyer.id).await, (left, 0));
        let due = if paid == 1 { "awaiting_shipment" } else { "cancelled" };
        assert_eq!(market.state(trade_id()).await, due);
    }
}

#[tokio::test]
async fn a_providers_payment_keeps_everything_else_out() {
    let market = Market::won().await;
    let trade = market.trade(trade_id()).await;
    market.pay_as(trade_id(), &market.seller).await.expect_problem(403, "forbidden");
    let (total, address) = (trade.total(), copied(&market).await);
    assert!(
        claim_payment(&trade, payment(9), Won::constant(1), address.clone(), market.now()).is_err()
    );
    let claim = claim_payment(&trade, payment(9), total, address.clone(), market.now()).unwrap();
    market.store().write(claim.clone()).await.unwrap();
    let again = market.store().write(claim).await;
    assert!(matches!(again, Err(CommitError::Condition { .. })), "read anew");
    market.pay().await.expect_problem(409, "payment-in-progress");
    market.cancel(&market.buyer).await.expect_problem(409, "payment-in-progress");
    market.cancel(&market.seller).await.expect_problem(409, "payment-in-progress");
    // Days later the provider has not answered yet: the trade still waits.
    market.wait(Span::days(5)).await;
    assert_eq!(market.state(trade_id()).await, "awaiting_payment");
    let claimed = market.trade(trade_id()).await;
    let accepted = |payment| {
        let command = Command::AcceptPayment { payment };
        decide(&claimed, command, Actor::System, market.now())
    };
    assert!(accepted(payment(8)).is_err());
    let accept = Transaction::new().trade(&claimed, &accepted(payment(9)).unwrap(), market.now());
    market.store().commit(accept.clone()).await.unwrap();
    assert_eq!(market.state(trade_id()).await, "awaiting_shipment");
    assert_eq!(market.escrow(trade_id()).await, PRICE);
    assert_eq!(market.purse(market.buyer.id).await, (2 * PRICE, 0), "the provider paid");
    let again = market.store().commit(accept).await.unwrap_err();
    assert!(again.is_condition_of(TradeWrite::Change), "{again}");
}

#[tokio::test]
async fn a_payment_that_came_to_nothing_gives_the_trade_back() {
    let market = Market::won().await;
    let trade = market.trade(trade_id()).await;
    let (total, address) = (trade.total(), copied(&market).await);
    let claim = claim_payment(&trade, payment(9), total, address, market.now()).unwrap();
    market.store().write(claim).await.unwrap();
    let claimed = market.trade(trade_id()).await;
    assert!(unclaim_payment(&claimed, payment(8), false).is_err());
    market.store().write(unclaim_payment(&claimed, payment(9), false).unwrap()).await.unwrap();
    market.pay().await.expect(200);
}

async fn copied(market: &Market) -> domain::identity::Address {
    let id = market.address(market.buyer.id).await;
    market.store().address(market.buyer.id, id).await.unwrap().unwrap().address
}

#[tokio::test]
async fn goods_go_to_an_address_or_change_hands_in_person() {
    let market = Market::won().await;
    let address = market.address(market.buyer.id).await;
    let pay = |body: Value| market.ask(trade_id(), "pay", &market.buyer).json(body).send();
    for (body, pointer) in [
        (json!({}), "/addressId"),
        (json!({ "inPerson": false }), "/addressId"),
        (json!({ "addressId": address, "inPerson": true }), "/inPerson"),
        (json!({ "inPerson": "yes" }), "/inPerson"),
    ] {
        let refused = pay(body).await.expect_problem(400, "invalid-request").json();
        assert_eq!(refused["errors"][0]["pointer"], pointer);
    }
    let paid = pay(json!({ "inPerson": true })).await.expect(200).json();
    assert_eq!((&paid["inPerson"], &paid["address"]), (&json!(true), &json!(null)));
    assert_eq!(paid["deadline"], (market.now() + Span::days(7)).to_string());
    assert_eq!(market.escrow(trade_id()).await, PRICE);
}

/// Two who book goods out of everybody's sight, again and again.
#[tokio::test]
async fn who_let_three_meetings_lapse_meets_nobody_for_a_while() {
    for of_seller in [false, true] {
        let market = Market::won().await;
        let who = if of_seller { market.seller.id } else { market.buyer.id };
        for n in 0..3 {
            let trade = kernel::Id::from_uuid(Uuid::from_u128(0x7000 + n));
            let strike = Strike { kind: StrikeKind::Meeting, trade, at: market.now() };
            market.store().strike(who, strike).await.unwrap();
        }
        let pay = |body: Value| market.ask(trade_id(), "pay", &market.buyer).json(body).send();
        let refused = pay(json!({ "inPerson": true })).await;
        refused.expect_problem(409, "in-person-unavailable");
        market.pay().await.expect(200);
    }
}
