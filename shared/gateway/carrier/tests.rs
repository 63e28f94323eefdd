//! The adapter against the played provider, over HTTP.

use domain::carrier::{
    Carrier::{self, CjLogistics, Epost, Hanjin, Kdexp, Lotte},
    ParcelState, Tracking, TrackingNumber,
};
use kernel::{Instant, Span};

use super::{
    CarrierError::{self, NotUnderstood, Refused, TryAgain, UnknownNumber},
    CarrierTracker, DeliveryTracker, DeliveryTrackerSettings, WATCH_LASTS, Watch,
};
use crate::fake::{CarrierFault, ParcelStep, Parcels, Server};

const DIGITS: &str = "688712345678";
const ID: &str = "kr.cjlogistics";
const CALLBACK: &str = "https://market.example/v1/webhooks/carrier/secret-of-the-address";
const START: &str = "2026-11-21T00:00:00Z";

fn settings(base: &str) -> DeliveryTrackerSettings {
    DeliveryTrackerSettings {
        api_url: format!("{base}/carrier/graphql"),
        client_id: "local-tests".to_owned(),
        client_secret: "secret-of-tests".to_owned(),
        answer_within: Span::seconds(20),
        transport: None,
    }
}

fn number(carrier: Carrier, digits: &str) -> TrackingNumber {
    TrackingNumber::parse(carrier, digits).unwrap()
}

fn start() -> Instant {
    START.parse().unwrap()
}

/// A provider that listens, and who asks it.
struct Stage {
    server: Server,
    tracker: DeliveryTracker,
}

impl Stage {
    fn start() -> Self {
        let server = Server::start().unwrap();
        let tracker = DeliveryTracker::new(settings(server.base()));
        Self { server, tracker }
    }

    fn parcels(&self) -> &Parcels {
        self.server.providers.parcels()
    }

    async fn look_up(&self) -> Result<Tracking, CarrierError> {
        self.tracker.look_up(&number(CjLogistics, DIGITS)).await
    }

    async fn watch(&self, until: Instant) -> Result<(), CarrierError> {
        let number = number(CjLogistics, DIGITS);
        self.tracker.watch(Watch { number: &number, callback_url: CALLBACK, until }).await
    }
}

#[tokio::test]
async fn a_parcel_is_told_as_its_carrier_tells_it() {
    use ParcelState::{
        Announced, AttemptFailed, Delivered, InTransit, Lost, OutForDelivery, PickedUp, Returned,
    };
    let stage = Stage::start();
    let steps = [
        (ParcelStep::Announce, Announced, "운송장 등록"),
        (ParcelStep::PickUp, PickedUp, "집화처리"),
        (ParcelStep::Move, InTransit, "간선상차"),
        (ParcelStep::SendOut, OutForDelivery, "배송출발"),
        (ParcelStep::Miss, AttemptFailed, "미배달"),
        (ParcelStep::Lose, Lost, "분실"),
        (ParcelStep::Deliver, Delivered, "배송완료"),
    ];
    for (index, (step, state, name)) in (0..).zip(steps) {
        stage.parcels().step(ID, DIGITS, step);
        let told = stage.look_up().await.unwrap();
        assert_eq!(told.number(), &number(CjLogistics, DIGITS));
        assert_eq!(told.state(), Some(state), "{step:?}");
        let last = told.events().last().unwrap();
        // Told in Seoul's time.
        assert_eq!(last.at, Some(start() + Span::minutes(index)), "{step:?}");
        assert_eq!((last.state, last.name.as_str()), (state, name));
    }
    let first_scan = stage.look_up().await.unwrap().first_scan();
    assert_eq!(first_scan, Some(start() + Span::minutes(1)));
    let other = number(Hanjin, "401234567890");
    for step in [ParcelStep::PickUp, ParcelStep::Return, ParcelStep::Deliver] {
        stage.parcels().step("kr.hanjin", other.digits(), step);
    }
    let returned = stage.tracker.look_up(&other).await.unwrap();
    assert_eq!(returned.state(), Some(Returned), "delivered to its sender");
}

#[tokio::test]
async fn nobody_knows_a_number_before_its_first_event() {
    let stage = Stage::start();
    assert_eq!(stage.look_up().await, Err(UnknownNumber));
    stage.watch(start() + WATCH_LASTS).await.unwrap();
    assert_eq!(stage.look_up().await, Err(UnknownNumber));
    // The same digits of another carrier are another parcel.
    stage.parcels().step("kr.kdexp", DIGITS, ParcelStep::Deliver);
    assert_eq!(stage.look_up().await, Err(UnknownNumber));
    assert!(stage.tracker.look_up(&number(Kdexp, DIGITS)).await.is_ok());
}

/// What we take for a number, the provider does, too: it checks them for itself.
#[tokio::test]
async fn the_provider_refuses_no_number_that_we_take() {
    let stage = Stage::start();
    for (carrier, digits) in [
        (CjLogistics, "0000000001"),
        (CjLogistics, DIGITS),
        (Epost, "6890012345678"),
        (Hanjin, "401234567890"),
        (Hanjin, "40123456789012"),
        (Lotte, "231234567896"),
        (Carrier::Logen, "91234567890"),
        (Kdexp, "12345678"),
    ] {
        let told = stage.tracker.look_up(&number(carrier, digits)).await;
        assert_eq!(told, Err(UnknownNumber), "{carrier:?} {digits}");
    }
}

#[tokio::test]
async fn a_watch_is_renewed_by_asking_again() {
    let stage = Stage::start();
    let begun = start() + WATCH_LASTS;
    let renewed = begun + Span::hours(24);
    for until in [begun, renewed] {
        stage.watch(until).await.unwrap();
        let watched = stage.parcels().watched_until(ID, DIGITS);
        assert_eq!(watched, [(CALLBACK.to_owned(), until)]);
    }
    stage.parcels().step(ID, DIGITS, ParcelStep::PickUp);
    let notices = stage.parcels().take_notices();
    assert_eq!(notices.len(), 1);
    assert_eq!((notices[0].url.as_str(), notices[0].number.as_str()), (CALLBACK, DIGITS));
}

#[tokio::test]
async fn a_watch_that_would_be_over_is_our_fault_and_not_the_numbers() {
    let stage = Stage::start();
    let outcome = stage.watch(start()).await;
    assert_eq!(outcome, Err(Refused("a watch like this".to_owned())));
    assert_eq!(stage.parcels().watched_until(ID, DIGITS), []);
}

#[tokio::test]
async fn wrong_credentials_are_refused_and_not_quoted() {
    let server = Server::start().unwrap();
    for secret in ["stolen", "with\nline"] {
        let settings = DeliveryTrackerSettings {
            client_id: "nobody".to_owned(),
            client_secret: secret.to_owned(),
            ..settings(server.base())
        };
        assert!(!format!("{settings:?}").contains(secret));
        let tracker = DeliveryTracker::new(settings);
        assert!(!format!("{tracker:?}").contains(secret));
        let error = tracker.look_up(&number(CjLogistics, DIGITS)).await.unwrap_err();
        assert!(matches!(error, Refused(_)), "{error}");
        assert!(!error.to_string().contains(secret), "{error}");
    }
    let watched = number(CjLogistics, DIGITS);
    let watch = Watch { number: &watched, callback_url: CALLBACK, until: start() };
    assert!(!format!("{watch:?}").contains("secret"), "the address lets notices in");
}

/// How a call ends that goes wrong like this.
fn is_due(fault: CarrierFault, error: &CarrierError) -> bool {
    match fault {
        CarrierFault::Garbage | CarrierFault::Half | CarrierFault::WrongShape => {
            matches!(error, NotUnderstood(_))
        }
        _ => matches!(error, TryAgain(_)),
    }
}

const FAULTS: &[CarrierFault] = &[
    CarrierFault::LostBefore,
    CarrierFault::LostAfter,
    CarrierFault::Status500,
    CarrierFault::Status429,
    CarrierFault::RateLimit,
    CarrierFault::Internal,
    CarrierFault::Garbage,
    CarrierFault::Half,
    CarrierFault::WrongShape,
];

#[tokio::test]
async fn a_bad_answer_to_a_look_up_says_nothing_of_the_parcel() {
    let stage = Stage::start();
    stage.parcels().step(ID, DIGITS, ParcelStep::PickUp);
    for fault in FAULTS {
        stage.parcels().fail("look-up", 1, *fault);
        let error = stage.look_up().await.unwrap_err();
        assert!(is_due(*fault, &error), "{fault:?}: {error}");
        assert!(!error.to_string().contains(DIGITS), "{error}");
        // Asked once: coming back is the caller's decision.
        let told = stage.look_up().await.unwrap();
        assert_eq!(told.state(), Some(ParcelState::PickedUp), "{fault:?}");
    }
    assert_eq!(stage.parcels().calls("look-up"), 2 * FAULTS.len());
}

#[tokio::test]
async fn a_bad_answer_to_a_watch_is_no_yes() {
    let stage = Stage::start();
    for fault in FAULTS {
        stage.parcels().fail("watch", 1, *fault);
        let error = stage.watch(start() + WATCH_LASTS).await.unwrap_err();
        assert!(is_due(*fault, &error), "{fault:?}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
        stage.watch(start() + WATCH_LASTS).await.unwrap();
        assert_eq!(stage.parcels().watched_until(ID, DIGITS).len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_asked_for_again() {
    let server = Server::start().unwrap();
    let parcels = server.providers.parcels();
    parcels.step(ID, DIGITS, ParcelStep::PickUp);
    let short =
        DeliveryTrackerSettings { answer_within: Span::millis(50), ..settings(server.base()) };
    parcels.fail("look-up", 1, CarrierFault::Held);
    let error = DeliveryTracker::new(short).look_up(&number(CjLogistics, DIGITS)).await;
    assert!(matches!(&error, Err(TryAgain(why)) if why.contains("timeout")), "{error:?}");
    let nobody = DeliveryTracker::new(settings("http://127.0.0.1:1"));
    let error = nobody.look_up(&number(CjLogistics, DIGITS)).await;
    assert!(matches!(&error, Err(TryAgain(_))), "{error:?}");
}

#[tokio::test]
async fn another_numbers_parcel_is_no_answer() {
    let stage = Stage::start();
    stage.parcels().step(ID, DIGITS, ParcelStep::Deliver);
    stage.parcels().mix_up(ID, DIGITS, true);
    let error = stage.look_up().await;
    assert_eq!(error, Err(NotUnderstood("another number's parcel".to_owned())));
    stage.parcels().mix_up(ID, DIGITS, false);
    assert!(stage.look_up().await.is_ok());
}

#[tokio::test]
async fn the_same_without_a_socket() {
    let server = Server::start().unwrap();
    let transport = server.providers.in_process();
    let settings = DeliveryTrackerSettings {
        transport: Some(std::sync::Arc::new(transport)),
        ..settings("http://nowhere.example")
    };
    let tracker = DeliveryTracker::new(settings);
    server.providers.parcels().step(ID, DIGITS, ParcelStep::Deliver);
    let told = tracker.look_up(&number(CjLogistics, DIGITS)).await.unwrap();
    assert_eq!(told.state(), Some(ParcelState::Delivered));
}
