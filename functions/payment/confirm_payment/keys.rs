//! What a payer brings back: the right key, another one, none in time.

use domain::payment::{Decline, Provider, Status};
use events::{PaymentDone, PaymentFailed};
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::Span;
use serde_json::{Value, json};

use crate::tests::fixture::{AMOUNT, Begun, Market};

const PROVIDERS: [&str; 2] = ["toss", "kakaopay"];

fn agreed(market: &Market, provider: &str, begun: &Begun) -> Value {
    match provider {
        "toss" => market.agree(begun),
        _ => market.agree_kakao(begun),
    }
}

fn invented(provider: &str) -> Value {
    match provider {
        "toss" => json!({ "paymentKey": "tgen_invented" }),
        _ => json!({ "pgToken": "invented" }),
    }
}

/// F9: a done payment was confirmed (200) by any key.
#[tokio::test]
async fn f9_a_done_payment_answers_to_its_own_key_alone() {
    for provider in PROVIDERS {
        let market = Market::start().await;
        let begun = market.begin(provider).await;
        let own = agreed(&market, provider, &begun);
        let first = market.confirm(&begun, &own).await.expect(200);
        for _ in 0..2 {
            let other = market.confirm(&begun, &invented(provider)).await;
            other.expect_problem(409, "payment-key-mismatch");
            let again = market.confirm(&begun, &own).await.expect(200);
            assert_eq!(again.json(), first.json(), "{provider}");
        }
        market.cancel(&begun, Some(1_000)).await.expect(200);
        let other = market.confirm(&begun, &invented(provider)).await;
        other.expect_problem(409, "payment-key-mismatch");
        market.confirm(&begun, &own).await.expect(200);
        assert_eq!(market.purse().await, (AMOUNT - 1_000, 0));
    }
}

/// F9: one wrong key failed the payment for good.
#[tokio::test]
async fn f9_a_wrong_key_leaves_the_payment_open_for_the_right_one() {
    for provider in PROVIDERS {
        let market = Market::start().await;
        let begun = market.begin(provider).await;
        let elsewhere = market.begin(provider).await;
        let of_another = agreed(&market, provider, &elsewhere);
        for wrong in [invented(provider), of_another.clone(), invented(provider)] {
            let reply = market.confirm(&begun, &wrong).await;
            reply.expect_problem(409, "payment-declined");
            assert_eq!(market.status(&begun).await, "ready", "{provider}");
        }
        assert_eq!(market.purse().await, (0, 0));
        let right = agreed(&market, provider, &begun);
        market.confirm(&begun, &right).await.expect(200);
        market.confirm(&elsewhere, &of_another).await.expect(200);
        assert_eq!(market.purse().await, (2 * AMOUNT, 0));
        assert_eq!(market.told::<PaymentFailed>().await.len(), 0, "nothing failed");
    }
}

/// F9, by way of an unknown outcome: whoever asks again with another key learns of what the first
/// one paid, and is not told that this one did.
#[tokio::test]
async fn f9_a_second_key_does_not_take_the_place_of_the_one_that_paid() {
    for provider in PROVIDERS {
        let call = if provider == "toss" { "toss:confirm" } else { "kakaopay:approve" };
        let read = format!("{provider}:read");
        for (first_is_own, fault) in [(true, FaultKind::LostAfter), (false, FaultKind::LostBefore)]
        {
            let market = Market::start().await;
            let begun = market.begin(provider).await;
            let own = agreed(&market, provider, &begun);
            let other = invented(provider);
            let (first, second) = if first_is_own { (&own, &other) } else { (&other, &own) };
            market.providers().fail(call, 1, fault);
            market.providers().fail(&read, 1, FaultKind::LostBefore);
            market.confirm(&begun, first).await.expect(202);
            market.clock.advance(Span::seconds(61));
            for _ in 0..2 {
                let reply = market.confirm_with(&begun, "second", second).await;
                match first_is_own {
                    true => drop(reply.expect_problem(409, "payment-key-mismatch")),
                    false => drop(reply.expect(200)),
                }
            }
            market.confirm(&begun, &own).await.expect(200);
            let reply = market.confirm(&begun, &other).await;
            reply.expect_problem(409, "payment-key-mismatch");
            assert_eq!(market.purse().await, (AMOUNT, 0));
            assert_eq!(market.told::<PaymentDone>().await.len(), 1);
        }
    }
}

#[tokio::test]
async fn right_and_wrong_keys_at_once_pay_once_at_most() {
    let market = Market::start().await;
    let begun = market.begin("toss").await;
    let right = market.agree(&begun);
    let wrong = invented("toss");
    let bodies = [&wrong, &right, &wrong, &right, &wrong, &right];
    let replies = join_all(bodies.map(|body| market.confirm(&begun, body))).await;
    for reply in &replies {
        assert!([200, 409].contains(&reply.status()), "{}", reply.text());
    }
    market.confirm(&begun, &right).await.expect(200);
    assert_eq!(market.purse().await, (AMOUNT, 0));
    assert_eq!(market.told::<PaymentDone>().await.len(), 1);
}

/// F9: and with it kept its trade.
#[tokio::test]
async fn f9_a_wrong_key_lets_the_trade_go() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let begun = market.begin_trade(trade, "toss").await;
    let other = market.begin_trade(trade, "kakaopay").await;
    let reply = market.confirm(&begun, &invented("toss")).await;
    reply.expect_problem(409, "payment-declined");
    assert_eq!(market.store().trade(trade).await.unwrap().unwrap().claim, None);
    let body = market.agree_kakao(&other);
    market.confirm(&other, &body).await.expect(200);
    assert_eq!(market.trade_state(trade).await, "awaiting_shipment");
    let late = market.agree(&begun);
    market.confirm(&begun, &late).await.expect_problem(409, "wrong-trade-state");
}

/// F9: a payment that nobody confirmed stayed `ready` for ever.
#[tokio::test]
async fn f9_a_payment_that_nobody_confirms_ends() {
    for (name, provider) in [("toss", Provider::Toss), ("kakaopay", Provider::KakaoPay)] {
        let market = Market::start().await;
        let left = market.begin(name).await;
        let trade = market.trade().await;
        let of_trade = market.begin_trade(trade, name).await;
        let tried = market.begin(name).await;
        let reply = market.confirm(&tried, &invented(name)).await;
        reply.expect_problem(409, "payment-declined");
        market.wait(Span::millis(provider.confirm_within().as_millis() - 1)).await;
        assert_eq!(market.status(&left).await, "ready");
        market.wait(Span::millis(1)).await;
        for begun in [&left, &of_trade, &tried] {
            let payment = market.payment(begun).await;
            let end = (payment.status, payment.decline, payment.due_at());
            assert_eq!(end, (Status::Failed, Some(Decline::Expired), None), "{name}");
            assert_eq!(payment.ships_to, None, "no address is kept longer than it is of use");
        }
        let late = market.confirm(&left, &invented(name)).await;
        late.expect_problem(409, "payment-declined");
        assert_eq!(market.told::<PaymentFailed>().await.len(), 0, "whoever left it knows");
        let row = market.store().trade(trade).await.unwrap().unwrap();
        assert_eq!((row.claim, row.state.as_str()), (None, "awaiting_payment"));
    }
}

/// The provider decides about a payment that is confirmed late, as long as the sweep has not come.
#[tokio::test]
async fn a_confirmation_and_the_end_at_once_have_one_outcome() {
    for _ in 0..4 {
        let market = Market::start().await;
        let (begun, body) = market.agreed().await;
        market.clock.advance(Provider::Toss.confirm_within());
        let (reply, swept) = futures::join!(market.confirm(&begun, &body), market.sweep());
        swept.unwrap();
        let end = (reply.status(), market.status(&begun).await, market.purse().await.0);
        assert!([(200, "done", AMOUNT), (409, "failed", 0)].contains(&end), "{end:?}");
    }
}

/// F9: the confirmation looked for the address anew.
#[tokio::test]
async fn f9_an_address_that_is_deleted_after_the_checkout_is_where_the_goods_go() {
    let market = Market::start().await;
    let trade = market.trade().await;
    let address = market.address(market.payer.id).await;
    let body = json!({ "provider": "toss", "addressId": address });
    let path = format!("/v1/trades/{trade}/payments");
    let reply = market.ask(&path, &market.fresh_key(), body).send().await.expect(201);
    let begun = Begun::of(&reply.json());
    let known = market.store().address(market.payer.id, address).await.unwrap().unwrap();
    assert!(market.store().address_delete(market.payer.id, address).await.unwrap());
    let body = market.agree(&begun);
    market.confirm(&begun, &body).await.expect(200);
    let row = market.store().trade(trade).await.unwrap().unwrap();
    assert_eq!((row.address, row.state.as_str()), (Some(known.address), "awaiting_shipment"));
    assert_eq!(market.payment(&begun).await.ships_to, None, "the trade has it");
}

/// F9: nothing was kept of what the provider said.
#[tokio::test]
async fn f9_what_the_provider_answered_is_kept_and_shown_to_nobody() {
    for provider in PROVIDERS {
        let market = Market::start().await;
        let begun = market.begin(provider).await;
        let own = agreed(&market, provider, &begun);
        let reply = market.confirm(&begun, &own).await.expect(200);
        let id = begun.id.parse().unwrap();
        let kept = market.store().payment_answer(id).await.unwrap().unwrap();
        assert!(kept.contains(&begun.order) && !kept.contains("ps_"), "{kept}");
        assert!(!reply.text().contains("DONE") && !reply.text().contains("SUCCESS"));
        market.cancel(&begun, Some(1_000)).await.expect(200);
        let after = market.store().payment_answer(id).await.unwrap().unwrap();
        assert_ne!(after, kept, "the last word is kept");
    }
}
