//! The adapters against the played providers, over HTTP.

use domain::payment::{Decline, Provider, TruthState};
use kernel::{Id, PaymentId, Span, UserId, Won};

use crate::{
    Approval, Cancellation, GatewayError, Gateways, KakaoPaySettings, Order, Reference, Settings,
    TossSettings,
    fake::{FaultKind, Server},
    order_id, payment_of,
};

pub(crate) const AMOUNT: Won = Won::constant(10_000);

pub(crate) fn payment() -> PaymentId {
    "01938f3c-7e2a-7000-8000-0000000000a1".parse().unwrap()
}

pub(crate) fn user() -> UserId {
    Id::from_uuid(payment().uuid())
}

pub(crate) fn settings(base: &str) -> Settings {
    Settings {
        toss: TossSettings {
            base_url: format!("{base}/toss"),
            secret_key: "test_sk_tests".to_owned(),
            checkout_url: format!("{base}/toss/checkout"),
            test_code: None,
        },
        kakaopay: KakaoPaySettings {
            base_url: format!("{base}/kakaopay"),
            secret_key: "DEVtests".to_owned(),
            cid: "TC0ONETIME".to_owned(),
        },
        return_url: format!("{base}/payments"),
        answer_within: Span::seconds(20),
        transport: None,
    }
}

fn order() -> Order {
    let name = "낡은 카메라 & 렌즈".to_owned();
    Order { payment: payment(), user: user(), name, amount: AMOUNT }
}

fn approval<'a>(key: Option<&'a str>, token: &'a str) -> Approval<'a> {
    Approval { payment: payment(), user: user(), amount: AMOUNT, key, token }
}

fn cancellation(key: &str, number: u32, amount: i64, left: i64) -> Cancellation<'_> {
    Cancellation {
        reference: Reference { payment: payment(), key: Some(key) },
        number,
        amount: Won::constant(amount),
        left: Won::constant(left),
        reason: "변심",
    }
}

#[test]
fn an_order_id_names_its_payment_in_one_spelling() {
    let order = order_id(payment());
    assert_eq!(order, "01938f3c7e2a700080000000000000a1");
    assert_eq!(payment_of(&order), Some(payment()));
    for bad in ["", "x", &order.to_uppercase(), &payment().to_string(), &format!("{order}0")] {
        assert_eq!(payment_of(bad), None, "{bad}");
    }
}

/// What a payer does in the browser: opens the page, presses a button, lands on our page.
async fn press(url: &str, button: &str, provider: Provider) -> String {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let page = client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("10000 won"), "{page}");
    let mut fields = vec![("press".to_owned(), button.to_owned())];
    if provider == Provider::Toss {
        let query = url.split_once('?').unwrap().1;
        fields.extend(serde_urlencoded::from_str::<Vec<(String, String)>>(query).unwrap());
    }
    let form = serde_urlencoded::to_string(fields).unwrap();
    let request = client.post(url).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.unwrap();
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(client.get(&place).send().await.unwrap().status(), 200, "{place}");
    place
}

pub(crate) fn value(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
    pairs.into_iter().find(|(key, _)| key == name).unwrap().1
}

#[tokio::test]
async fn a_person_pays_on_the_page_and_we_confirm_read_and_cancel() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    for of in [Provider::Toss, Provider::KakaoPay] {
        let provider = gateways.provider(of);
        let checkout = provider.ready(&order()).await.unwrap();
        let place = press(&checkout.url, "pay", of).await;
        assert!(place.contains(&format!("/payments/{}/success?", payment())), "{place}");
        let token = match of {
            Provider::Toss => value(&place, "paymentKey"),
            Provider::KakaoPay => value(&place, "pg_token"),
        };
        let key = checkout.key.as_deref();
        let paid = provider.confirm(approval(key, &token)).await.unwrap();
        assert_eq!((paid.state, paid.amount), (TruthState::Paid, AMOUNT));
        assert_eq!(paid.secret.is_some(), of == Provider::Toss);
        let key = paid.key.clone().unwrap();
        let reference = Reference { payment: payment(), key: Some(&key) };
        let read = provider.read(reference).await.unwrap();
        assert_eq!((read.state, read.cancelled), (TruthState::Paid, Won::ZERO));
        let part = provider.cancel(cancellation(&key, 1, 4_000, 10_000)).await.unwrap();
        assert_eq!(part.cancelled, Won::constant(4_000));
        let rest = provider.cancel(cancellation(&key, 2, 6_000, 6_000)).await.unwrap();
        assert_eq!((rest.cancelled, rest.state), (AMOUNT, TruthState::Paid));
    }
}

#[tokio::test]
async fn the_same_cancellation_again_gives_nothing_more_back() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let toss = gateways.provider(Provider::Toss);
    let token = server.providers.toss_pay(&order_id(payment()), 10_000);
    toss.confirm(approval(None, &token)).await.unwrap();
    // Toss replays the first answer to its idempotency key, of a confirmation, too.
    assert_eq!(toss.confirm(approval(None, &token)).await.unwrap().amount, AMOUNT);
    for _ in 0..2 {
        let told = toss.cancel(cancellation(&token, 1, 4_000, 10_000)).await.unwrap();
        assert_eq!(told.cancelled, Won::constant(4_000));
    }
    let kakao = gateways.provider(Provider::KakaoPay);
    let tid = kakao.ready(&order()).await.unwrap().key.unwrap();
    let token = server.providers.kakao_pay(&order_id(payment())).unwrap();
    kakao.confirm(approval(Some(&tid), &token)).await.unwrap();
    let again = kakao.confirm(approval(Some(&tid), &token)).await;
    assert_eq!(again, Err(GatewayError::AlreadyDone));
    kakao.cancel(cancellation(&tid, 1, 4_000, 10_000)).await.unwrap();
    // KakaoPay refuses what believes in another remainder.
    let stale = kakao.cancel(cancellation(&tid, 1, 4_000, 10_000)).await;
    assert_eq!(stale, Err(GatewayError::Declined(Decline::NotRefundable)));
}

#[tokio::test]
async fn tosss_codes_are_sorted_into_few_outcomes() {
    use Decline::{
        Abandoned, AccountRejected, AmountTooSmall, CardInvalid, CardRejected, Expired,
        LimitExceeded, NotRefundable, Suspicious,
    };
    let server = Server::start().unwrap();
    let declined = [
        ("REJECT_CARD_PAYMENT", CardRejected),
        ("REJECT_CARD_COMPANY", CardRejected),
        ("REJECT_ACCOUNT_PAYMENT", AccountRejected),
        ("INVALID_STOPPED_CARD", CardInvalid),
        ("INVALID_CARD_EXPIRATION", CardInvalid),
        ("EXCEED_MAX_AMOUNT", LimitExceeded),
        ("EXCEED_MAX_DAILY_PAYMENT_COUNT", LimitExceeded),
        ("BELOW_MINIMUM_AMOUNT", AmountTooSmall),
        ("FDS_ERROR", Suspicious),
        ("PAY_PROCESS_CANCELED", Abandoned),
        ("NOT_FOUND_PAYMENT_SESSION", Expired),
        ("NOT_CANCELABLE_AMOUNT", NotRefundable),
        ("NOT_CANCELABLE_PAYMENT", NotRefundable),
        ("REFUND_REJECTED", NotRefundable),
    ];
    for (code, decline) in declined {
        assert_eq!(forced(&server, code).await, GatewayError::Declined(decline), "{code}");
    }
    for code in ["ALREADY_PROCESSED_PAYMENT", "ALREADY_CANCELED_PAYMENT", "DUPLICATED_ORDER_ID"] {
        assert_eq!(forced(&server, code).await, GatewayError::AlreadyDone, "{code}");
    }
    assert_eq!(forced(&server, "NOT_FOUND_PAYMENT").await, GatewayError::NotFound);
    for code in ["UNAUTHORIZED_KEY", "INVALID_API_KEY", "FORBIDDEN_REQUEST"] {
        let outcome = forced(&server, code).await;
        assert!(matches!(outcome, GatewayError::Misconfigured(_)), "{code}: {outcome}");
    }
    for code in [
        "PROVIDER_ERROR",
        "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
        "FAILED_INTERNAL_SYSTEM_PROCESSING",
        "UNKNOWN_PAYMENT_ERROR",
        "COMMON_ERROR",
        "FORBIDDEN_CONSECUTIVE_REQUEST",
        "IDEMPOTENT_REQUEST_PROCESSING",
        "A_CODE_OF_NEXT_YEAR",
    ] {
        let outcome = forced(&server, code).await;
        assert!(matches!(outcome, GatewayError::Unknown(_)), "{code}: {outcome}");
    }
}

/// A confirmation that is asked to meet this error (`TossPayments-Test-Code`).
async fn forced(server: &Server, code: &str) -> GatewayError {
    let mut settings = settings(server.base());
    settings.toss.test_code = Some(code.to_owned());
    let gateways = Gateways::new(settings);
    gateways.provider(Provider::Toss).confirm(approval(None, "any")).await.unwrap_err()
}

#[tokio::test]
async fn wrong_credentials_are_our_fault_and_not_the_payers() {
    let server = Server::start().unwrap();
    let mut settings = settings(server.base());
    settings.toss.secret_key = "stolen".to_owned();
    settings.kakaopay.secret_key = "stolen".to_owned();
    let gateways = Gateways::new(settings);
    let toss = gateways.provider(Provider::Toss).confirm(approval(None, "any")).await;
    let kakao = gateways.provider(Provider::KakaoPay).ready(&order()).await;
    for error in [toss.unwrap_err(), kakao.unwrap_err()] {
        assert!(matches!(error, GatewayError::Misconfigured(_)), "{error}");
        assert!(!error.to_string().contains("stolen"));
    }
}

#[tokio::test]
async fn what_keeps_an_answer_from_being_read_leaves_the_outcome_unknown() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let toss = gateways.provider(Provider::Toss);
    for what in [
        FaultKind::LostBefore,
        FaultKind::LostAfter,
        FaultKind::Status500,
        FaultKind::Status429,
        FaultKind::Garbage,
    ] {
        let token = server.providers.toss_pay(&order_id(payment()), 10_000);
        server.providers.fail("toss:confirm", 1, what);
        let error = toss.confirm(approval(None, &token)).await.unwrap_err();
        assert!(matches!(error, GatewayError::Unknown(_)), "{what:?}: {error}");
        assert!(!error.to_string().contains(&token), "{error}");
    }
    let nobody = Gateways::new(self::settings("http://127.0.0.1:1"));
    let error = nobody.provider(Provider::Toss).confirm(approval(None, "any")).await;
    assert!(matches!(error, Err(GatewayError::Unknown(_))));
}

/// A refusal for asking too often is no decline: the payment stands as it did, and is asked for
/// again.
#[tokio::test]
async fn a_provider_that_is_asked_too_often_has_decided_nothing() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let toss = gateways.provider(Provider::Toss);
    let kakao = gateways.provider(Provider::KakaoPay);
    let token = server.providers.toss_pay(&order_id(payment()), 10_000);
    for action in ["toss:confirm", "kakaopay:ready"] {
        server.providers.fail(action, 1, FaultKind::Status429);
    }
    let refused = toss.confirm(approval(None, &token)).await.unwrap_err();
    assert!(matches!(&refused, GatewayError::Unknown(why) if why.contains("429")), "{refused}");
    let stand = server.providers.stand(&order_id(payment())).unwrap();
    assert_eq!(stand.status, "IN_PROGRESS", "nothing happened");
    toss.confirm(approval(None, &token)).await.unwrap();
    let refused = kakao.ready(&order()).await.unwrap_err();
    assert!(matches!(&refused, GatewayError::Unknown(why) if why.contains("429")), "{refused}");
    kakao.ready(&order()).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_takes_too_long_leaves_the_outcome_unknown() {
    let server = Server::start().unwrap();
    let settings = Settings { answer_within: Span::millis(50), ..settings(server.base()) };
    let gateways = Gateways::new(settings);
    let token = server.providers.toss_pay(&order_id(payment()), 10_000);
    server.providers.fail("toss:confirm", 1, FaultKind::Held);
    let error = gateways.provider(Provider::Toss).confirm(approval(None, &token)).await;
    assert!(matches!(&error, Err(GatewayError::Unknown(why)) if why.contains("timeout")));
    let stand = server.providers.stand(&order_id(payment())).unwrap();
    assert_eq!(stand.status, "DONE", "it took effect all the same");
}

#[tokio::test]
async fn the_payment_of_another_order_is_no_answer() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let kakao = gateways.provider(Provider::KakaoPay);
    let tid = kakao.ready(&order()).await.unwrap().key.unwrap();
    let other = PaymentId::from_uuid(UserId::from_uuid(Default::default()).uuid());
    let reference = Reference { payment: other, key: Some(&tid) };
    assert!(matches!(kakao.read(reference).await, Err(GatewayError::Unknown(_))));
}

/// F5: an account that waits for its deposit looked like any payment under way.
#[tokio::test]
async fn f5_a_deposit_is_told_from_a_payment_under_way() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let toss = gateways.provider(Provider::Toss);
    let order = order_id(payment());
    let key = server.providers.toss_account(&order, AMOUNT.get(), "2026-11-28T23:59:59");
    let told = toss.confirm(approval(None, &key)).await.unwrap();
    let due = "2026-11-28T14:59:59.000Z".parse().ok();
    assert_eq!(told.state, TruthState::Deposit { due });
    assert!(told.secret.is_some() && !told.answer.contains("박토스"), "{}", told.answer);
    let reference = Reference { payment: payment(), key: Some(&key) };
    let cancellation =
        Cancellation { reference, number: 1, amount: AMOUNT, left: AMOUNT, reason: "r" };
    let void = toss.cancel(cancellation).await.unwrap();
    assert_eq!((void.state, void.cancelled), (TruthState::Dead, Won::ZERO), "nothing had come");
}
