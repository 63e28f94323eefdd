//! The adapter against the played payouts, over HTTP.

use axum::{Router, routing::post};
use domain::withdrawal::BankAccount;
use kernel::{Id, Instant, Span, WithdrawalId, Won};
use serde_json::json;

use super::*;
use crate::fake::{FaultKind, PAYOUT_SECURITY_KEY, Server, UNIDENTIFIED_ENDING};

/// A Monday.
const OPEN: &str = "2026-11-23T12:00:00+09:00";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn settings(base: &str) -> TossPayoutSettings {
    TossPayoutSettings {
        base_url: format!("{base}/toss"),
        secret_key: "test_sk_payouts".to_owned(),
        security_key: PAYOUT_SECURITY_KEY.to_owned(),
        test_code: None,
        answer_within: Span::seconds(20),
    }
}

fn start() -> (Server, TossPayouts) {
    let server = Server::start().unwrap();
    let toss = TossPayouts::new(settings(server.base()));
    (server, toss)
}

fn withdrawal(n: u8) -> WithdrawalId {
    format!("01938f3c-7e2a-7000-8000-0000000000{n:02x}").parse().unwrap()
}

fn payee(ending: &str) -> Payee {
    Payee {
        user: Id::from_uuid(withdrawal(255).uuid()),
        account: BankAccount {
            bank: "088".parse().unwrap(),
            number: format!("11023456{ending}").parse().unwrap(),
            holder: "김민지".parse().unwrap(),
        },
        contact: Some(Contact {
            phone: "01012345678".to_owned(),
            email: "minji@example.com".to_owned(),
        }),
    }
}

async fn name(toss: &TossPayouts, ending: &str) -> Option<String> {
    match toss.verify_holder(&payee(ending), at(OPEN)).await.unwrap() {
        Verdict::Fits(name) => name,
        other => panic!("{other:?}"),
    }
}

/// An order of 5,000 won to an account of this ending.
async fn order(toss: &TossPayouts, n: u8, ending: &str) -> Order {
    Order {
        id: withdrawal(n),
        account: payee(ending).account,
        payee: name(toss, ending).await,
        amount: Won::constant(5_000),
        requested_at: at(OPEN),
        receipt: None,
    }
}

fn receipt(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Pending(receipt) => receipt.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_payout_is_ordered_waited_for_and_paid() {
    let (server, toss) = start();
    let mut order = order(&toss, 1, "7890").await;
    let told = toss.transfer(&order, at(OPEN)).await.unwrap();
    order.receipt = receipt(&told);
    assert!(order.receipt.is_some());
    server.providers.run_payouts();
    assert_eq!(toss.find(&order).await.unwrap(), Some(told), "in progress");
    assert_eq!(server.providers.paid_out(), 0);
    server.providers.run_payouts();
    assert_eq!(toss.find(&order).await, Ok(Some(Outcome::Paid)));
    assert_eq!(server.providers.paid_out(), 5_000);
    assert_eq!(server.providers.calls("toss:payouts"), 0, "who knows the name reads no list");
    let payout = &server.providers.payouts()[0];
    assert_eq!((payout.name.as_str(), &payout.day), (&*order.id.to_string(), &None));
}

#[tokio::test]
async fn a_payee_is_registered_once_and_another_account_is_another_payee() {
    let (server, toss) = start();
    let first = name(&toss, "7890").await;
    assert_eq!(name(&toss, "7890").await, first);
    // Toss has forgotten the key, and the payee is not on the first page.
    for ending in ["0001", "0002", "0003", "0004"] {
        assert_ne!(name(&toss, ending).await, first);
    }
    server.providers.forget_keys();
    for ending in ["0001", "0004"] {
        assert_ne!(name(&toss, ending).await, first);
    }
    assert_eq!(name(&toss, "7890").await, first);
    assert_eq!(server.providers.sellers(), 5);
    assert!(server.providers.calls("toss:sellers") >= 3);
    let other = Payee { user: Id::from_uuid(withdrawal(1).uuid()), ..payee("7890") };
    let verdict = toss.verify_holder(&other, at(OPEN)).await.unwrap();
    assert_ne!(verdict, Verdict::Fits(first), "another user's payee is another, too");
}

#[tokio::test]
async fn an_account_must_be_the_holders_and_the_holder_within_reach() {
    let (server, toss) = start();
    let foreign = payee(FOREIGN_ENDING);
    assert_eq!(toss.verify_holder(&foreign, at(OPEN)).await, Ok(Verdict::Foreign));
    let silent = Payee { contact: None, ..payee("7890") };
    assert_eq!(toss.verify_holder(&silent, at(OPEN)).await, Ok(Verdict::Unreachable));
    assert_eq!((server.providers.sellers(), server.providers.calls("toss:seller")), (0, 1));
    assert!(toss.wants_contact() && !FakeBank::default().wants_contact());
}

#[tokio::test]
async fn whatever_happens_to_an_answer_there_is_one_payout() {
    for what in [
        FaultKind::LostBefore,
        FaultKind::LostAfter,
        FaultKind::Status500,
        FaultKind::Garbage,
        FaultKind::TossCode("IDEMPOTENT_REQUEST_PROCESSING"),
    ] {
        let (server, toss) = start();
        // Not on the first page of the list.
        for n in 2..8 {
            toss.transfer(&order(&toss, n, "7890").await, at(OPEN)).await.unwrap();
        }
        let order = order(&toss, 1, "7890").await;
        server.providers.fail("toss:payout", 1, what);
        let lost = toss.transfer(&order, at(OPEN)).await.unwrap_err();
        assert!(!lost.to_string().contains("01938f3c"), "{what:?}: {lost}");
        let happened = server.providers.payouts().len() == 7;
        let found = toss.find(&order).await.unwrap();
        assert_eq!(found.is_some(), happened, "{what:?}");
        // The next day, on another schedule: the first answer, or the first order.
        let later = at(OPEN) + Span::hours(20);
        let again = toss.transfer(&order, later).await.unwrap();
        if happened {
            assert_eq!(found, Some(again.clone()), "{what:?}");
        }
        assert_eq!(toss.transfer(&order, later).await, Ok(again), "{what:?}");
        assert_eq!(server.providers.payouts().len(), 7, "{what:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_looked_for() {
    let (server, toss) = start();
    let order = order(&toss, 1, "7890").await;
    let hasty = TossPayoutSettings { answer_within: Span::millis(50), ..settings(server.base()) };
    server.providers.fail("toss:payout", 1, FaultKind::Held);
    let lost = TossPayouts::new(hasty).transfer(&order, at(OPEN)).await.unwrap_err();
    assert!(lost.to_string().contains("timeout"), "{lost}");
    assert!(receipt(&toss.find(&order).await.unwrap().unwrap()).is_some());
}

#[tokio::test]
async fn once_the_key_may_be_forgotten_it_is_looked_for_and_never_ordered() {
    let (server, toss) = start();
    let order = order(&toss, 1, "7890").await;
    let told = toss.transfer(&order, at(OPEN)).await.unwrap();
    server.providers.forget_keys();
    // Even then the name is taken; but that is not what we rely on.
    assert!(toss.transfer(&order, at(OPEN)).await.is_err());
    let late = at(OPEN) + Span::days(15);
    assert!(toss.transfer(&order, late).await.unwrap_err().to_string().contains("too old"));
    assert_eq!(server.providers.calls("toss:payout"), 2);
    assert_eq!(toss.find(&order).await, Ok(Some(told)));
    assert_eq!(server.providers.payouts().len(), 1);
}

#[tokio::test]
async fn a_list_that_does_not_end_is_no_proof_and_the_key_still_is() {
    let (server, toss) = start();
    for n in 2..33 {
        toss.transfer(&order(&toss, n, "7890").await, at(OPEN)).await.unwrap();
    }
    let order = order(&toss, 1, "7890").await;
    server.providers.fail("toss:payout", 1, FaultKind::LostAfter);
    toss.transfer(&order, at(OPEN)).await.unwrap_err();
    assert_eq!(toss.find(&order).await, Ok(None));
    assert!(receipt(&toss.transfer(&order, at(OPEN)).await.unwrap()).is_some());
    assert_eq!(server.providers.payouts().len(), 32);
}

#[tokio::test]
async fn what_toss_will_never_pay_is_refused() {
    let (server, toss) = start();
    let good = order(&toss, 1, "7890").await;
    let refused = async |order: &Order, now: &str| match toss.transfer(order, at(now)).await {
        Ok(Outcome::Refused(why)) => why,
        other => panic!("{other:?}"),
    };
    let silent = order(&toss, 2, UNIDENTIFIED_ENDING).await;
    assert!(refused(&silent, OPEN).await.contains("identity"));
    let unknown = Order { payee: Some("seller_x".to_owned()), ..good.clone() };
    assert!(refused(&unknown, OPEN).await.contains("again"));
    let calls = server.providers.calls("toss:payout");
    let nobody = Order { payee: None, ..good.clone() };
    assert!(refused(&nobody, OPEN).await.contains("again"));
    let much = Order { amount: Won::constant(1_000_000_000), ..good.clone() };
    assert!(refused(&much, OPEN).await.contains("1,000,000,000"));
    assert_eq!(server.providers.calls("toss:payout"), calls, "nobody needs to be asked");
    // A holiday that is no weekend: only Toss knows.
    let christmas =
        Order { id: withdrawal(3), requested_at: at("2026-12-25T12:00:00+09:00"), ..good };
    assert!(refused(&christmas, "2026-12-25T12:00:00+09:00").await.contains("that day"));
    assert_eq!(server.providers.payouts(), []);
}

#[tokio::test]
async fn outside_of_banking_hours_it_is_scheduled() {
    let (server, toss) = start();
    for (n, (now, due)) in (1..).zip([
        ("2026-11-21T09:00:00+09:00", Some("2026-11-23")),
        ("2026-11-23T07:59:59+09:00", Some("2026-11-24")),
        ("2026-11-23T08:00:00+09:00", None),
        ("2026-11-27T14:59:59+09:00", None),
        ("2026-11-27T15:00:00+09:00", Some("2026-11-30")),
    ]) {
        let order = Order { requested_at: at(now), ..order(&toss, n, "7890").await };
        toss.transfer(&order, at(now)).await.unwrap();
        let payouts = server.providers.payouts();
        assert_eq!(payouts.last().unwrap().day.as_deref(), due, "{now}");
    }
}

#[tokio::test]
async fn what_comes_back_later_is_refused_for_good() {
    let (server, toss) = start();
    let mut closed = order(&toss, 1, CLOSED_ENDING).await;
    closed.receipt = receipt(&toss.transfer(&closed, at(OPEN)).await.unwrap());
    server.providers.run_payouts();
    let mut called_off = order(&toss, 2, "7890").await;
    called_off.receipt = receipt(&toss.transfer(&called_off, at(OPEN)).await.unwrap());
    server.providers.cancel_payouts_by_hand();
    server.providers.run_payouts();
    for (order, why) in [(closed, "CLOSED_ACCOUNT"), (called_off, "CANCELED")] {
        let Some(Outcome::Refused(text)) = toss.find(&order).await.unwrap() else {
            panic!("{why}")
        };
        assert!(text.contains(why), "{text}");
    }
    assert_eq!(server.providers.paid_out(), 0);
}

#[tokio::test]
async fn a_code_that_we_do_not_know_says_nothing() {
    let (server, toss) = start();
    let order = order(&toss, 1, "7890").await;
    for code in [
        "UNAUTHORIZED_KEY",
        "COMMON_ERROR",
        "FAILED_INTERNAL_SYSTEM_PROCESSING",
        "DUPLICATED_REF_PAYOUT_ID",
        "A_CODE_OF_NEXT_YEAR",
    ] {
        let forced =
            TossPayoutSettings { test_code: Some(code.to_owned()), ..settings(server.base()) };
        let forced = TossPayouts::new(forced);
        let unknown = BankError(code.to_owned());
        assert_eq!(forced.transfer(&order, at(OPEN)).await, Err(unknown.clone()), "{code}");
        let named = Order { receipt: Some("FPA_1".to_owned()), ..order.clone() };
        assert_eq!(forced.find(&named).await, Err(unknown.clone()), "{code}");
        assert_eq!(forced.find(&order).await, Err(unknown), "{code}");
    }
    // What has a name is not unknown to the bank, whatever it says.
    let lost = Order { receipt: Some("FPA_1".to_owned()), ..order };
    assert_eq!(toss.find(&lost).await, Err(BankError("NOT_FOUND_PAYOUT".to_owned())));
}

#[tokio::test]
async fn another_payout_is_no_answer() {
    let (server, toss) = start();
    let order = order(&toss, 1, "7890").await;
    let mut named = order.clone();
    named.receipt = receipt(&toss.transfer(&order, at(OPEN)).await.unwrap());
    let other = Order { id: withdrawal(2), ..named.clone() };
    let more = Order { amount: Won::constant(5_001), ..named };
    for order in [other, more] {
        let error = toss.find(&order).await.unwrap_err();
        assert_eq!(error, BankError("another payout".to_owned()));
    }
    assert_eq!(server.providers.payouts().len(), 1);
}

#[tokio::test]
async fn wrong_keys_order_nothing_and_are_told_to_nobody() {
    let (server, toss) = start();
    let order = order(&toss, 1, "7890").await;
    let (stolen, other) = ("stolen".to_owned(), "0d".repeat(32));
    for settings in [
        TossPayoutSettings { secret_key: stolen, ..settings(server.base()) },
        TossPayoutSettings { security_key: other.clone(), ..settings(server.base()) },
    ] {
        let toss = TossPayouts::new(settings);
        let error = toss.transfer(&order, at(OPEN)).await.unwrap_err();
        for text in [error.to_string(), format!("{toss:?}")] {
            assert!(!text.contains("stolen") && !text.contains(&other), "{text}");
        }
        assert_eq!(toss.fault(), None);
    }
    let malformed = TossPayoutSettings { security_key: "x".to_owned(), ..settings(server.base()) };
    let toss = by_name("toss", malformed).unwrap();
    assert!(toss.fault().unwrap().contains("TOSS_PAYOUT_SECURITY_KEY"));
    assert!(toss.transfer(&order, at(OPEN)).await.is_err());
    assert_eq!(server.providers.payouts(), []);
}

/// Who cannot seal must not be able to say that money was sent.
#[tokio::test]
async fn an_order_is_not_done_before_a_sealed_answer_says_so() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let payout = json!({ "version": "2022-11-16", "error": null, "entityBody": [{
        "id": "FPA_1", "refPayoutId": withdrawal(1).to_string(), "status": "COMPLETED",
        "amount": { "currency": "KRW", "value": 5_000 },
    }]});
    let answer = || async move { axum::Json(payout) };
    let router = Router::new().route("/toss/v2/payouts", post(answer));
    let order = Order {
        id: withdrawal(1),
        account: payee("7890").account,
        payee: Some("seller_1".to_owned()),
        amount: Won::constant(5_000),
        requested_at: at(OPEN),
        receipt: None,
    };
    let toss = TossPayouts::new(settings(&base));
    let outcome = tokio::select! {
        outcome = toss.transfer(&order, at(OPEN)) => outcome,
        ended = axum::serve(listener, router) => panic!("{ended:?}"),
    };
    assert_eq!(outcome, Err(BankError("an answer without a seal".to_owned())));
}

#[test]
fn contacts_are_not_shown() {
    let text = format!("{:?}", payee("7890"));
    assert!(!text.contains("01012345678") && !text.contains("minji@"), "{text}");
    assert!(!text.contains("110234567890"), "{text}");
}
