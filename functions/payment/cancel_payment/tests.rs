use domain::payment::LOST_AFTER;
use events::PaymentCancelled;
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::Span;
use local::{Fault, FaultKind as CloudFault};
use serde_json::json;

use crate::tests::fixture::{AMOUNT, Market};

const MINUTE: Span = Span::seconds(61);

#[tokio::test]
async fn all_of_it_goes_back_once() {
    for provider in ["toss", "kakaopay"] {
        let market = Market::start().await;
        let begun = market.paid(provider).await;
        let reply = market.cancel_with(&begun, "k", None).await.expect(200);
        assert_eq!(reply.json()["status"], "cancelled");
        assert_eq!(reply.json()["cancelledAmount"], AMOUNT);
        let again = market.cancel_with(&begun, "k", None).await.expect(200);
        assert_eq!(again.json(), reply.json());
        market.cancel(&begun, None).await.expect_problem(409, "payment-cancelled");
        assert_eq!(market.purse().await, (0, 0));
        assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, AMOUNT);
        assert_eq!(market.told::<PaymentCancelled>().await.len(), 1);
    }
}

#[tokio::test]
async fn parts_of_it_go_back_up_to_what_is_left() {
    for provider in ["toss", "kakaopay"] {
        let market = Market::start().await;
        let begun = market.paid(provider).await;
        let first = market.cancel(&begun, Some(20_000)).await.expect(200).json();
        assert_eq!(
            (&first["status"], first["cancelledAmount"].as_i64()),
            (&json!("partially_cancelled"), Some(20_000))
        );
        let reply = market.cancel(&begun, Some(30_001)).await;
        let reply = reply.expect_problem(409, "cancel-exceeds-payment");
        assert_eq!(reply.json()["left"], 30_000);
        market.cancel(&begun, Some(30_000)).await.expect(200);
        assert_eq!(market.status(&begun).await, "cancelled");
        assert_eq!(market.purse().await, (0, 0));
        let told = market.told::<PaymentCancelled>().await;
        assert_eq!(told.iter().map(|told| told.amount.get()).sum::<i64>(), AMOUNT);
    }
}

#[tokio::test]
async fn cancellations_at_once_never_exceed_the_payment() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let replies = join_all((0..16).map(|_| market.cancel(&begun, Some(20_000)))).await;
    let back = i64::try_from(replies.iter().filter(|reply| reply.status() == 200).count()).unwrap();
    assert!((1..=2).contains(&back), "{back}");
    for reply in replies.iter().filter(|reply| reply.status() != 200) {
        let code = reply.code();
        assert!(
            ["payment-in-progress", "cancel-exceeds-payment"].contains(&code.as_str()),
            "{code}"
        );
    }
    assert_eq!(market.purse().await, (AMOUNT - 20_000 * back, 0));
    assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, 20_000 * back);
}

#[tokio::test]
async fn one_key_gives_back_once_however_often_it_is_sent_at_once() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let send = |_| market.cancel_with(&begun, "the-same", Some(10_000));
    for reply in join_all((0..64).map(send)).await {
        let busy = reply.code() == "idempotency-in-progress";
        assert!(reply.status() == 200 || busy, "{}", reply.text());
    }
    assert_eq!(market.purse().await, (AMOUNT - 10_000, 0));
    assert_eq!(market.providers().calls("toss:cancel"), 1);
}

/// The simulation's finding: whoever looked for the first answer before it was there, and at the
/// payment after it had ended, gave back a second time.
#[tokio::test]
async fn a_second_click_that_is_held_up_gives_nothing_more_back() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    for nth in 1..=6 {
        let fault = Fault::next("dynamodb:GetItem", CloudFault::Throttle).nth(nth);
        market.cloud.faults().push(fault);
        let key = format!("click-{nth}");
        let clicks = join_all((0..2).map(|_| market.cancel_with(&begun, &key, Some(1_000)))).await;
        market.cloud.faults().clear();
        for click in &clicks {
            let busy = click.code() == "idempotency-in-progress";
            assert!(click.status() == 200 || busy, "{nth}: {}", click.text());
        }
        let back = i64::from(nth) * 1_000;
        assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, back, "{nth}");
    }
}

#[tokio::test]
async fn bad_input_gives_nothing_back() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let path = format!("{}/cancel", begun.path);
    for body in [
        json!({}),
        json!({ "reason": "" }),
        json!({ "reason": " " }),
        json!({ "reason": "가".repeat(201) }),
        json!({ "reason": "x", "amount": 0 }),
        json!({ "reason": "x", "amount": -1 }),
        json!({ "reason": "x", "amount": 1.5 }),
        json!({ "reason": "x", "amount": "aaa" }),
        json!({ "reason": "x", "amount": 1_000_000_000_001_i64 }),
        json!({ "reason": "x", "to": "me" }),
    ] {
        let reply = market.ask(&path, &market.fresh_key(), body.clone()).send().await;
        assert_eq!((reply.status(), reply.code().as_str()), (400, "invalid-request"), "{body}");
    }
    let other = market.signed_in("other");
    let body = json!({ "reason": "x" });
    let foreign = market.post(&path).bearer(&other.token).key("k").json(body.clone()).send().await;
    foreign.expect_problem(404, "payment-not-found");
    let keyless = market.post(&path).bearer(&market.payer.token).json(body).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    let ready = market.begin("toss").await;
    market.cancel(&ready, None).await.expect_problem(409, "payment-not-done");
    assert_eq!(market.providers().calls("toss:cancel"), 0);
    assert_eq!(market.purse().await, (AMOUNT, 0));
}

#[tokio::test]
async fn money_that_was_spent_does_not_go_back() {
    use domain::ledger::{Account, Between, Movement, MovementKind};
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let accounts = Between { from: Account::SpendOnly(market.payer.id), to: Account::Payout };
    let spent = kernel::Won::constant(1);
    let spend = Movement::transfer("t".to_owned(), MovementKind::Withdrawal, spent, accounts);
    assert!(market.store().move_money(&spend.unwrap(), market.now()).await.unwrap());
    market.cancel(&begun, None).await.expect_problem(409, "insufficient-balance");
    assert_eq!(market.providers().calls("toss:cancel"), 0);
    market.cancel(&begun, Some(AMOUNT - 1)).await.expect(200);
    assert_eq!(market.purse().await, (0, 0));
}

#[tokio::test]
async fn a_refusal_gives_the_money_back_to_the_wallet() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    let refused = FaultKind::TossCode("NOT_CANCELABLE_PAYMENT");
    market.providers().fail("toss:cancel", 1, refused);
    market.cancel_with(&begun, "k", None).await.expect_problem(409, "cancel-declined");
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
    market.cancel_with(&begun, "k", None).await.expect(200);
    assert_eq!(market.purse().await, (0, 0));
}

#[tokio::test]
async fn what_the_provider_does_not_know_it_gave_nothing_back_of() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    for call in ["toss:cancel", "toss:read"] {
        market.providers().fail(call, 1, FaultKind::TossCode("NOT_FOUND_PAYMENT"));
    }
    market.cancel(&begun, None).await.expect_problem(409, "cancel-declined");
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
}

/// Every gateway fault before or after the effect, then retried by the client: the same end.
#[tokio::test]
async fn gateway_faults_change_nothing_in_the_end() {
    use FaultKind::{Garbage, LostAfter, LostBefore, Status500};
    for provider in ["toss", "kakaopay"] {
        for (what, lost_reads) in [LostBefore, LostAfter, Status500, Garbage]
            .into_iter()
            .flat_map(|what| [(what, 0), (what, 1)])
        {
            let market = Market::start().await;
            let begun = market.paid(provider).await;
            market.providers().fail(&format!("{provider}:cancel"), 1, what);
            if lost_reads > 0 {
                market.providers().fail(&format!("{provider}:read"), 1, LostBefore);
            }
            for _ in 0..5 {
                let reply = market.cancel_with(&begun, "k", Some(20_000)).await;
                if reply.status() == 200 {
                    break;
                }
                assert_eq!(reply.status(), 202, "{what:?}: {}", reply.text());
                assert_eq!(market.purse().await, (AMOUNT - 20_000, 20_000));
                market.clock.advance(MINUTE);
            }
            assert_eq!(market.status(&begun).await, "partially_cancelled", "{provider} {what:?}");
            assert_eq!(market.purse().await, (AMOUNT - 20_000, 0));
            let stand = market.providers().stand(&begun.order).unwrap();
            assert_eq!(stand.cancelled, 20_000, "{provider} {what:?}");
            assert_eq!(market.told::<PaymentCancelled>().await.len(), 1);
        }
    }
}

#[tokio::test]
async fn the_sweep_finishes_what_the_client_gave_up() {
    use FaultKind::{LostAfter, LostBefore};
    for what in [LostBefore, LostAfter] {
        let market = Market::start().await;
        let begun = market.paid("toss").await;
        market.providers().fail("toss:cancel", 1, what);
        market.providers().fail("toss:read", 1, LostBefore);
        market.cancel(&begun, None).await.expect(202);
        market.cancel(&begun, None).await.expect_problem(409, "payment-in-progress");
        market.wait(MINUTE).await;
        assert_eq!((market.status(&begun).await, market.purse().await), ("cancelled", (0, 0)));
        assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, AMOUNT);
    }
}

#[tokio::test]
async fn a_provider_that_never_gives_it_back_returns_it_to_the_wallet_at_last() {
    let market = Market::start().await;
    let begun = market.paid("toss").await;
    market.providers().fail("toss:cancel", 1, FaultKind::Status500);
    market.cancel(&begun, None).await.expect(202);
    for span in [MINUTE, LOST_AFTER] {
        assert_eq!(market.purse().await, (0, AMOUNT));
        market.providers().fail("toss:cancel", 1, FaultKind::Status500);
        market.wait(span).await;
    }
    assert_eq!((market.status(&begun).await, market.purse().await), ("done", (AMOUNT, 0)));
}

/// Every call to our own tables fails once, before or after its effect.
#[tokio::test]
async fn table_faults_change_nothing_in_the_end() {
    use CloudFault::{Status500, Throttle, TimeoutAfter, TimeoutBefore};
    for action in ["dynamodb:GetItem", "dynamodb:TransactWriteItems"] {
        for what in [Throttle, TimeoutBefore, TimeoutAfter, Status500] {
            for nth in 1..=3 {
                for depth in [1, 30] {
                    one_fault(action, what, nth, depth).await;
                }
            }
        }
    }
}

async fn one_fault(action: &str, what: CloudFault, nth: u32, depth: u32) {
    let market = Market::start().await;
    market.expect_failures();
    let begun = market.paid("toss").await;
    for _ in 0..depth {
        market.cloud.faults().push(Fault::next(action, what).nth(nth));
    }
    let mut reply = market.cancel_with(&begun, "k", Some(20_000)).await;
    market.cloud.faults().clear();
    for _ in 0..3 {
        if reply.status() == 200 {
            break;
        }
        market.clock.advance(MINUTE);
        reply = market.cancel_with(&begun, "k", Some(20_000)).await;
    }
    assert_eq!(reply.status(), 200, "{action} {what:?} {nth} {depth}: {}", reply.text());
    assert_eq!(market.purse().await, (AMOUNT - 20_000, 0));
    assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, 20_000);
    assert_eq!(market.told::<PaymentCancelled>().await.len(), 1);
}
