use domain::payment::{Decline, Provider, TruthState};
use kernel::{Id, PaymentId, Span};

use super::{Authorization, Charge, IssuedKey};
use crate::{
    GatewayError, Gateways, Reference, Settings,
    fake::{FaultKind, Server},
    tests::{AMOUNT, payment, settings, user, value},
};

fn another(number: u8) -> PaymentId {
    format!("01938f3c-7e2a-7000-8000-0000000001{number:02x}").parse().unwrap()
}

fn authorization<'a>(auth_key: &'a str, once: &'a str) -> Authorization<'a> {
    Authorization { user: user(), auth_key, once }
}

async fn registered(gateways: &Gateways, auth_key: &str) -> IssuedKey {
    gateways.billing().issue(authorization(auth_key, auth_key)).await.unwrap()
}

fn charge(payment: PaymentId, billing_key: &str) -> Charge<'_> {
    let name = "드로우 당첨 운동화 270";
    Charge { payment, user: user(), billing_key, amount: AMOUNT, name }
}

#[tokio::test]
async fn a_card_is_registered_charged_read_and_deleted() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let billing = gateways.billing();
    let key = registered(&gateways, "card-ok-1").await;
    assert_eq!((&*key.card.number, &*key.card.issuer), ("43301234****123*", "현대"));
    let paid = billing.charge(charge(payment(), &key.billing_key)).await.unwrap();
    assert_eq!((paid.state, paid.amount), (TruthState::Paid, AMOUNT));
    let toss = gateways.provider(Provider::Toss);
    let read = toss.read(Reference { payment: payment(), key: None }).await.unwrap();
    assert_eq!(read, paid, "a charge is read like every payment");
    for _ in 0..2 {
        billing.delete(&key.billing_key).await.unwrap();
    }
    let gone = billing.charge(charge(another(7), &key.billing_key)).await;
    assert_eq!(gone, Err(GatewayError::Declined(Decline::CardInvalid)));
    assert_eq!((server.providers.cards(), server.providers.taken()), (0, 10_000));
}

#[tokio::test]
async fn the_same_registration_again_brings_the_same_key() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let billing = gateways.billing();
    let first = registered(&gateways, "card-ok-1").await;
    assert!(registered(&gateways, "card-ok-1").await == first);
    assert_eq!(server.providers.cards(), 1);
    let spent = billing.issue(authorization("card-ok-1", "another")).await;
    assert_eq!(spent, Err(GatewayError::Declined(Decline::Expired)));
    for bad in ["", "nonsense", "card-refused-1"] {
        let refused = billing.issue(authorization(bad, bad)).await;
        assert!(matches!(refused, Err(GatewayError::Declined(_))), "{bad}: {refused:?}");
    }
}

#[tokio::test]
async fn the_same_charge_again_takes_nothing_more() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let key = registered(&gateways, "card-ok-1").await.billing_key;
    for what in [FaultKind::LostAfter, FaultKind::Garbage] {
        server.providers.fail("toss:charge", 1, what);
        let lost = gateways.billing().charge(charge(payment(), &key)).await;
        assert!(matches!(lost, Err(GatewayError::Unknown(_))), "{what:?}");
        let again = gateways.billing().charge(charge(payment(), &key)).await.unwrap();
        assert_eq!((again.state, again.amount), (TruthState::Paid, AMOUNT));
    }
    assert_eq!(server.providers.taken(), 10_000);
}

#[tokio::test]
async fn cards_pay_or_refuse_as_they_are() {
    use Decline::{CardInvalid, CardRejected, LimitExceeded};
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let cases = [
        ("card-declines-1", vec![Some(CardRejected); 3]),
        ("card-stopped-1", vec![Some(CardInvalid); 2]),
        ("card-limit-2-1", vec![Some(LimitExceeded), Some(LimitExceeded), None]),
        ("card-ok-1", vec![None, None]),
    ];
    let mut number = 0;
    for (auth_key, due) in cases {
        let key = registered(&gateways, auth_key).await.billing_key;
        for decline in due {
            number += 1;
            let outcome = gateways.billing().charge(charge(another(number), &key)).await;
            let told = outcome.map(|truth| truth.state);
            let due = decline.map_or(Ok(TruthState::Paid), |d| Err(GatewayError::Declined(d)));
            assert_eq!(told, due, "{auth_key}");
        }
    }
    let key = registered(&gateways, "card-error-1").await.billing_key;
    let failed = gateways.billing().charge(charge(another(99), &key)).await;
    assert!(matches!(failed, Err(GatewayError::Unknown(_))));
    assert_eq!(server.providers.taken(), 30_000);
}

#[tokio::test]
async fn a_slow_answer_is_an_unknown_outcome() {
    let server = Server::start().unwrap();
    let settings = Settings { answer_within: Span::millis(200), ..settings(server.base()) };
    let gateways = Gateways::new(settings);
    let key = registered(&gateways, "card-slow-1").await.billing_key;
    let lost = gateways.billing().charge(charge(payment(), &key)).await;
    assert!(matches!(&lost, Err(GatewayError::Unknown(why)) if why.contains("timeout")));
    assert_eq!(server.providers.taken(), 10_000, "it took effect all the same");
}

#[tokio::test]
async fn anothers_card_is_not_ones_own() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let key = registered(&gateways, "card-ok-1").await.billing_key;
    let thief = Id::from_uuid(another(5).uuid());
    let theft = Charge { user: thief, ..charge(another(6), &key) };
    let outcome = gateways.billing().charge(theft).await;
    assert_eq!(outcome, Err(GatewayError::Declined(Decline::CardInvalid)));
    // Charged under the order of another payment.
    let toss = gateways.provider(Provider::Toss);
    gateways.billing().charge(charge(payment(), &key)).await.unwrap();
    let other = toss.read(Reference { payment: another(9), key: None }).await;
    assert_eq!(other, Err(GatewayError::NotFound));
}

#[tokio::test]
async fn tosss_billing_codes_are_sorted() {
    let server = Server::start().unwrap();
    for (code, due) in [
        ("INVALID_BILL_KEY_REQUEST", GatewayError::Declined(Decline::CardInvalid)),
        ("NOT_FOUND_BILL_KEY", GatewayError::Declined(Decline::CardInvalid)),
        ("NOT_MATCHES_CUSTOMER_KEY", GatewayError::Declined(Decline::CardInvalid)),
        ("INVALID_CARD_LOST_OR_STOLEN", GatewayError::Declined(Decline::CardInvalid)),
        ("INVALID_BILLING_AUTH", GatewayError::Declined(Decline::Expired)),
        ("ALREADY_REMOVED_BILLING_KEY", GatewayError::AlreadyDone),
    ] {
        let mut settings = settings(server.base());
        settings.toss.test_code = Some(code.to_owned());
        let gateways = Gateways::new(settings);
        let issue = gateways.billing().issue(authorization("card-ok-1", "k")).await;
        assert_eq!(issue, Err(due.clone()), "{code}");
        assert_eq!(gateways.billing().charge(charge(payment(), "any")).await, Err(due), "{code}");
    }
}

#[tokio::test]
async fn keys_stay_out_of_errors_and_logs() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let key = registered(&gateways, "card-ok-1").await;
    server.providers.fail("toss:charge", 1, FaultKind::LostBefore);
    let charge = charge(payment(), &key.billing_key);
    let error = gateways.billing().charge(charge).await.unwrap_err();
    let auth = authorization("card-ok-1", "registration");
    let shown = format!("{error} {error:?} {key:?} {charge:?} {auth:?}");
    assert!(!shown.contains("bill") && !shown.contains("card-ok"), "{shown}");
}

/// What an owner does in the browser: opens the window, presses a button, lands on our page.
#[tokio::test]
async fn a_person_registers_a_card_on_the_page() {
    let server = Server::start().unwrap();
    let gateways = Gateways::new(settings(server.base()));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let url = format!("{}/toss/card?customerKey={}", server.base(), user());
    let page = client.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("card-ok") && page.contains("register a card"), "{page}");
    let press = async |button: &str| {
        let customer = user().to_string();
        let form = [("customerKey", customer.as_str()), ("press", button)];
        let form = serde_urlencoded::to_string(form).unwrap();
        let request = client.post(&url).header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let place = press("card-ok").await;
    let auth_key = value(&place, "authKey");
    let landed = client.get(&place).send().await.unwrap().text().await.unwrap();
    assert!(landed.contains("/v1/me/payment-methods") && landed.contains(&auth_key), "{landed}");
    let thief = Authorization {
        user: Id::from_uuid(another(5).uuid()),
        ..authorization(&auth_key, "thief")
    };
    let theft = gateways.billing().issue(thief).await;
    assert_eq!(theft, Err(GatewayError::Declined(Decline::Expired)));
    registered(&gateways, &auth_key).await;
    assert!(press("cancel").await.contains("/payments/card/fail?code=PAY_PROCESS_CANCELED"));
}
