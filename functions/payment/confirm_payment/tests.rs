use domain::payment::LOST_AFTER;
use events::{PaymentDone, PaymentFailed, PaymentLanding};
use futures::future::join_all;
use gateway::fake::FaultKind;
use kernel::Span;
use local::{Fault, FaultKind as CloudFault};
use serde_json::{Value, json};

use crate::tests::fixture::{AMOUNT, Market};

const MINUTE: Span = Span::seconds(61);

#[tokio::test]
async fn the_money_lands_in_the_wallet_once() {
    let market = Market::start().await;
    for (provider, action) in [("toss", "toss:confirm"), ("kakaopay", "kakaopay:approve")] {
        let begun = market.begin(provider).await;
        let body = match provider {
            "toss" => market.agree(&begun),
            _ => market.agree_kakao(&begun),
        };
        let before = market.purse().await.0;
        let reply = market.confirm_with(&begun, provider, &body).await.expect(200);
        assert_eq!(reply.json()["status"], "done");
        let again = market.confirm_with(&begun, provider, &body).await.expect(200);
        assert_eq!(again.json(), reply.json());
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        let other = market.confirm(&begun, &body).await.expect(200);
        assert_eq!(other.json(), reply.json(), "a done payment answers as it did");
        assert_eq!(market.purse().await, (before + AMOUNT, 0));
        assert_eq!(market.providers().calls(action), 1);
    }
    let told = market.told::<PaymentDone>().await;
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|told| told.landed == PaymentLanding::Wallet));
}

/// Acceptance 21.
#[tokio::test]
async fn of_two_approvals_at_once_one_asks_the_provider() {
    for rivals in [2, 16] {
        let market = Market::start().await;
        let (begun, body) = market.agreed().await;
        let replies = join_all((0..rivals).map(|_| market.confirm(&begun, &body))).await;
        let done = replies.iter().filter(|reply| reply.status() == 200).count();
        assert!(done >= 1);
        for reply in replies.iter().filter(|reply| reply.status() != 200) {
            let told = (reply.status(), reply.code());
            assert_eq!(told, (409, "payment-in-progress".to_owned()));
        }
        assert_eq!(market.providers().calls("toss:confirm"), 1);
        assert_eq!(market.told::<PaymentDone>().await.len(), 1);
        assert_eq!(market.purse().await, (AMOUNT, 0));
    }
}

#[tokio::test]
async fn one_key_pays_once_however_often_it_is_sent_at_once() {
    let market = Market::start().await;
    let (begun, body) = market.agreed().await;
    let send = |_| market.confirm_with(&begun, "the-same", &body);
    let replies = join_all((0..64).map(send)).await;
    for reply in &replies {
        let told = (reply.status(), reply.code());
        let busy = told == (409, "idempotency-in-progress".to_owned());
        assert!(told.0 == 200 || busy, "{told:?}");
    }
    assert_eq!(market.providers().calls("toss:confirm"), 1);
    assert_eq!(market.purse().await, (AMOUNT, 0));
    market.confirm_with(&begun, "the-same", &body).await.expect(200);
}

#[tokio::test]
async fn bad_input_reaches_no_provider() {
    let market = Market::start().await;
    let (begun, body) = market.agreed().await;
    let key = body["paymentKey"].as_str().unwrap();
    let long = "k".repeat(201);
    let cases: Vec<(Value, u16, &str)> = vec![
        (json!({ "paymentKey": key, "amount": AMOUNT + 1 }), 409, "amount-mismatch"),
        (json!({ "paymentKey": key, "amount": 0 }), 409, "amount-mismatch"),
        (json!({ "paymentKey": key, "amount": -1 }), 400, "invalid-request"),
        (json!({ "paymentKey": key, "amount": 1.5 }), 400, "invalid-request"),
        (json!({ "paymentKey": key, "amount": "aaa" }), 400, "invalid-request"),
        (json!({}), 400, "invalid-request"),
        (json!({ "paymentKey": null }), 400, "invalid-request"),
        (json!({ "paymentKey": "" }), 400, "invalid-request"),
        (json!({ "paymentKey": long }), 400, "invalid-request"),
        (json!({ "paymentKey": "a b" }), 400, "invalid-request"),
        (json!({ "pgToken": key }), 400, "invalid-request"),
        (json!({ "paymentKey": key, "pgToken": key }), 400, "invalid-request"),
        (json!({ "paymentKey": key, "userId": "x" }), 400, "invalid-request"),
    ];
    for (body, status, code) in cases {
        let reply = market.confirm(&begun, &body).await;
        assert_eq!((reply.status(), reply.code().as_str()), (status, code), "{body}");
    }
    assert_eq!(market.status(&begun).await, "ready");
    let path = format!("{}/confirm", begun.path);
    let other = market.signed_in("other");
    let foreign = market.post(&path).bearer(&other.token).key("k").json(body.clone()).send().await;
    foreign.expect_problem(404, "payment-not-found");
    let keyless = market.post(&path).bearer(&market.payer.token).json(body.clone()).send().await;
    keyless.expect_problem(400, "idempotency-key-required");
    assert_eq!(market.providers().calls("toss:confirm"), 0);
    market.confirm(&begun, &body).await.expect(200);
}

#[tokio::test]
async fn a_refused_card_fails_the_payment_and_says_why_in_our_words() {
    let market = Market::start().await;
    for (code, reason) in [
        ("REJECT_CARD_PAYMENT", "card-rejected"),
        ("INVALID_STOPPED_CARD", "card-invalid"),
        ("EXCEED_MAX_AMOUNT", "limit-exceeded"),
        ("FDS_ERROR", "suspicious"),
    ] {
        let (begun, body) = market.agreed().await;
        market.providers().fail("toss:confirm", 1, FaultKind::TossCode(code));
        let reply = market.confirm(&begun, &body).await.expect_problem(409, "payment-declined");
        assert_eq!(reply.json()["reason"], reason);
        assert!(!reply.text().contains(code) && !reply.text().contains("처리하지"));
        assert_eq!(market.status(&begun).await, "failed");
        market.confirm(&begun, &body).await.expect_problem(409, "payment-declined");
    }
    assert_eq!(market.providers().calls("toss:confirm"), 4);
    assert_eq!(market.told::<PaymentFailed>().await.len(), 4);
    let begun = market.begin("kakaopay").await;
    let body = market.agree_kakao(&begun);
    market.providers().fail("kakaopay:approve", 1, FaultKind::KakaoCode(-780));
    market.confirm(&begun, &body).await.expect_problem(409, "payment-declined");
    assert_eq!(market.purse().await, (0, 0));
}

/// However the provider's answer is lost, the sweep finds out what happened.
#[tokio::test]
async fn an_unknown_outcome_is_resolved_by_reading() {
    for (provider, action) in [("toss", "toss"), ("kakaopay", "kakaopay")] {
        let market = Market::start().await;
        let begun = market.begin(provider).await;
        let (body, call) = match provider {
            "toss" => (market.agree(&begun), "toss:confirm"),
            _ => (market.agree_kakao(&begun), "kakaopay:approve"),
        };
        market.providers().fail(call, 1, FaultKind::LostAfter);
        market.providers().fail(&format!("{action}:read"), 1, FaultKind::LostBefore);
        let reply = market.confirm(&begun, &body).await.expect(202);
        assert_eq!(reply.json()["status"], "approving");
        market.confirm(&begun, &body).await.expect_problem(409, "payment-in-progress");
        assert_eq!(market.purse().await, (0, 0));
        market.wait(MINUTE).await;
        assert_eq!(market.status(&begun).await, "done");
        market.wait(MINUTE).await;
        assert_eq!(market.purse().await, (AMOUNT, 0));
        assert_eq!(market.providers().calls(call), 1);
        assert_eq!(market.told::<PaymentDone>().await.len(), 1);
    }
}

#[tokio::test]
async fn a_payment_that_never_reached_its_provider_fails_at_last() {
    let market = Market::start().await;
    let begun = market.begin("toss").await;
    market.providers().fail("toss:confirm", 1, FaultKind::LostBefore);
    let body = json!({ "paymentKey": "tgen_unknown" });
    market.confirm(&begun, &body).await.expect(202);
    market.wait(MINUTE).await;
    assert_eq!(market.status(&begun).await, "approving");
    market.wait(LOST_AFTER).await;
    assert_eq!(market.status(&begun).await, "failed");
    assert_eq!(market.providers().calls("toss:confirm"), 1);
    assert_eq!(market.purse().await, (0, 0));
}

/// Every gateway fault before or after the effect, and a retry by the client or the sweep: the same
/// end as without.
#[tokio::test]
async fn gateway_faults_change_nothing_in_the_end() {
    use FaultKind::{Garbage, LostAfter, LostBefore, Status500};
    for provider in ["toss", "kakaopay"] {
        let call = if provider == "toss" { "toss:confirm" } else { "kakaopay:approve" };
        for (what, lost_reads) in [LostBefore, LostAfter, Status500, Garbage]
            .into_iter()
            .flat_map(|what| [(what, 0), (what, 1), (what, 2)])
        {
            let market = Market::start().await;
            let begun = market.begin(provider).await;
            let body = match provider {
                "toss" => market.agree(&begun),
                _ => market.agree_kakao(&begun),
            };
            market.providers().fail(call, 1, what);
            for _ in 0..lost_reads {
                market.providers().fail(&format!("{provider}:read"), 1, LostBefore);
            }
            for _ in 0..5 {
                let reply = market.confirm_with(&begun, "k", &body).await;
                if reply.status() == 200 {
                    break;
                }
                assert_eq!(reply.status(), 202, "{what:?}: {}", reply.text());
                market.clock.advance(MINUTE);
            }
            assert_eq!(market.status(&begun).await, "done", "{provider} {what:?} {lost_reads}");
            assert_eq!(market.purse().await, (AMOUNT, 0));
            assert_eq!(market.providers().stand(&begun.order).unwrap().cancelled, 0);
            assert_eq!(market.told::<PaymentDone>().await.len(), 1);
        }
    }
}

/// Every call to our own tables fails once, before or after its effect.
#[tokio::test]
async fn table_faults_change_nothing_in_the_end() {
    use CloudFault::{Status500, Throttle, TimeoutAfter, TimeoutBefore};
    for action in ["dynamodb:GetItem", "dynamodb:TransactWriteItems"] {
        for what in [Throttle, TimeoutBefore, TimeoutAfter, Status500] {
            for nth in 1..=3 {
                // Longer than the client's own patience.
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
    let (begun, body) = market.agreed().await;
    for _ in 0..depth {
        market.cloud.faults().push(Fault::next(action, what).nth(nth));
    }
    let mut reply = market.confirm_with(&begun, "k", &body).await;
    market.cloud.faults().clear();
    for _ in 0..3 {
        if reply.status() == 200 {
            break;
        }
        market.clock.advance(MINUTE);
        reply = market.confirm_with(&begun, "k", &body).await;
    }
    assert_eq!(reply.status(), 200, "{action} {what:?} {nth} {depth}: {}", reply.text());
    assert_eq!(market.purse().await, (AMOUNT, 0));
    assert_eq!(market.providers().calls("toss:confirm"), 1);
    assert_eq!(market.told::<PaymentDone>().await.len(), 1);
}

#[tokio::test]
async fn an_amount_that_the_provider_tells_otherwise_is_never_credited() {
    let market = Market::start().await;
    market.expect_failures();
    let (begun, body) = market.agreed().await;
    market.providers().fail("toss:confirm", 1, FaultKind::LostAfter);
    market.providers().fail("toss:read", 1, FaultKind::LostBefore);
    market.confirm(&begun, &body).await.expect(202);
    market.providers().toss_cancel_by_hand(&begun.order, 1_000);
    market.clock.advance(MINUTE);
    assert!(market.sweep().await.is_err(), "somebody must look");
    assert_eq!((market.status(&begun).await, market.purse().await), ("approving", (0, 0)));
}

#[tokio::test]
async fn keys_and_tokens_are_not_logged() {
    let market = Market::start().await;
    let (begun, body) = market.agreed().await;
    market.confirm(&begun, &body).await.expect(200);
    let kakao = market.begin("kakaopay").await;
    let token = market.agree_kakao(&kakao);
    market.providers().fail("kakaopay:approve", 1, FaultKind::LostAfter);
    market.confirm(&kakao, &token).await.expect(200);
    let logs = serde_json::to_string(&market.log_lines()).unwrap();
    let key = body["paymentKey"].as_str().unwrap();
    for secret in [key, token["pgToken"].as_str().unwrap(), "test_sk_", "DEVlocal", "12345678"] {
        assert!(!logs.contains(secret), "{secret}");
    }
}
