//! The page, and notices on their way.

use std::{
    future::IntoFuture,
    net::Ipv4Addr,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, routing::post};
use http::StatusCode;
use kernel::{Clock, Instant, Sleep, Span};

use super::{NoticeMode, ParcelStep, Parcels};
use crate::{
    carrier::{CarrierTracker, DeliveryTracker, DeliveryTrackerSettings, Watch},
    fake::Server,
};
use domain::carrier::{Carrier, ParcelState, TrackingNumber};

const DIGITS: &str = "688712345678";
const ID: &str = "kr.cjlogistics";

/// Whoever is sent notices: what came, and how the next ones are answered.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Received>>);

struct Received {
    bodies: Vec<String>,
    answer: StatusCode,
}

impl Default for Received {
    fn default() -> Self {
        Self { bodies: Vec::new(), answer: StatusCode::ACCEPTED }
    }
}

impl Receiver {
    fn answer(&self, status: StatusCode) {
        self.0.lock().unwrap().answer = status;
    }
    fn bodies(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().bodies)
    }
}

async fn receive(State(receiver): State<Receiver>, body: String) -> StatusCode {
    let mut received = receiver.0.lock().unwrap();
    received.bodies.push(body);
    received.answer
}

/// Runs `story` beside a listening receiver; it is given the receiver and its address.
async fn beside<F: Future<Output = ()>>(story: impl FnOnce(Receiver, String) -> F) {
    let receiver = Receiver::default();
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/notices", listener.local_addr().unwrap());
    let router = Router::new().route("/notices", post(receive)).with_state(receiver.clone());
    tokio::select! {
        ended = axum::serve(listener, router).into_future() => panic!("{ended:?}"),
        () = story(receiver, url) => {}
    }
}

fn number() -> TrackingNumber {
    TrackingNumber::parse(Carrier::CjLogistics, DIGITS).unwrap()
}

fn tracker(server: &Server) -> DeliveryTracker {
    DeliveryTracker::new(DeliveryTrackerSettings {
        api_url: format!("{}/carrier/graphql", server.base()),
        client_id: "local-tests".to_owned(),
        client_secret: "secret".to_owned(),
        answer_within: Span::seconds(20),
        transport: None,
    })
}

async fn watch(server: &Server, url: &str, until: &str) {
    let until = until.parse().unwrap();
    let number = number();
    let watch = Watch { number: &number, callback_url: url, until };
    tracker(server).watch(watch).await.unwrap();
}

const NEXT_DAY: &str = "2026-11-22T00:00:00Z";

/// Presses a button of the page, as a browser does.
async fn press(server: &Server, fields: &[(&str, &str)]) -> StatusCode {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let form = serde_urlencoded::to_string(fields).unwrap();
    let request = client.build().unwrap().post(format!("{}/carrier", server.base()));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form).send().await.unwrap().status()
}

async fn press_of(server: &Server, press_on: &str) -> StatusCode {
    press(server, &[("carrier", ID), ("number", DIGITS), ("press", press_on)]).await
}

async fn page(server: &Server) -> String {
    reqwest::get(format!("{}/carrier", server.base())).await.unwrap().text().await.unwrap()
}

const BODY: &str = r#"{"carrierId":"kr.cjlogistics","trackingNumber":"688712345678"}"#;

#[tokio::test]
async fn a_notice_names_the_parcel_and_says_nothing_of_it() {
    beside(|receiver, url| async move {
        let server = Server::start().unwrap();
        watch(&server, &url, NEXT_DAY).await;
        assert_eq!(press_of(&server, "pick-up").await, StatusCode::SEE_OTHER);
        assert_eq!(receiver.bodies(), [BODY]);
        let told = tracker(&server).look_up(&number()).await.unwrap();
        assert_eq!(told.state(), Some(ParcelState::PickedUp));
    })
    .await;
}

#[tokio::test]
async fn notices_come_twice_late_or_never_when_asked() {
    beside(|receiver, url| async move {
        let server = Server::start().unwrap();
        let parcels = server.providers.parcels();
        watch(&server, &url, NEXT_DAY).await;
        for (mode, at_once) in [
            (NoticeMode::AtOnce, 1),
            (NoticeMode::Twice, 2),
            (NoticeMode::Late, 0),
            (NoticeMode::Lost, 0),
        ] {
            assert_eq!(press(&server, &[("press", mode.press())]).await, StatusCode::SEE_OTHER);
            press_of(&server, "move").await;
            assert_eq!(receiver.bodies().len(), at_once, "{mode:?}");
        }
        assert_eq!(parcels.late_notices(), 1);
        press(&server, &[("press", "hasten")]).await;
        assert_eq!((receiver.bodies().len(), parcels.late_notices()), (1, 0));
        // The look-up tells what no notice told.
        assert_eq!(tracker(&server).look_up(&number()).await.unwrap().events().len(), 4);
    })
    .await;
}

#[tokio::test]
async fn a_notice_that_is_not_taken_is_sent_again() {
    beside(|receiver, url| async move {
        let server = Server::start().unwrap();
        let parcels = server.providers.parcels();
        watch(&server, &url, NEXT_DAY).await;
        receiver.answer(StatusCode::INTERNAL_SERVER_ERROR);
        press_of(&server, "deliver").await;
        assert_eq!((receiver.bodies().len(), parcels.late_notices()), (1, 1));
        receiver.answer(StatusCode::OK);
        press(&server, &[("press", "hasten")]).await;
        assert_eq!((receiver.bodies().len(), parcels.late_notices()), (1, 0));
        // Nobody there at all.
        watch(&server, "http://127.0.0.1:1/secret", NEXT_DAY).await;
        press_of(&server, "deliver").await;
        assert_eq!((receiver.bodies().len(), parcels.late_notices()), (1, 1));
        assert!(!page(&server).await.contains("/secret"), "the address lets notices in");
    })
    .await;
}

#[tokio::test]
async fn of_a_silent_parcel_only_looking_tells() {
    beside(|receiver, url| async move {
        let server = Server::start().unwrap();
        watch(&server, &url, NEXT_DAY).await;
        press_of(&server, "silence").await;
        press_of(&server, "deliver").await;
        assert_eq!(receiver.bodies(), [""; 0]);
        let told = tracker(&server).look_up(&number()).await.unwrap();
        assert_eq!(told.state(), Some(ParcelState::Delivered));
        press_of(&server, "silence").await;
        press_of(&server, "deliver").await;
        assert_eq!(receiver.bodies(), [BODY]);
    })
    .await;
}

/// A clock that stands where it was put.
#[derive(Default)]
struct Hand(Mutex<Instant>);

impl Clock for Hand {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap()
    }
    fn sleep(&self, _: Span) -> Sleep {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn events_happen_and_watches_end_by_the_clock() {
    let server = Server::start().unwrap();
    let parcels = server.providers.parcels();
    let hand = Arc::new(Hand::default());
    let until: Instant = NEXT_DAY.parse().unwrap();
    *hand.0.lock().unwrap() = until - Span::millis(1);
    parcels.set_clock(Arc::<Hand>::clone(&hand));
    watch(&server, "http://127.0.0.1:1/", NEXT_DAY).await;
    parcels.step(ID, DIGITS, ParcelStep::PickUp);
    assert_eq!(parcels.take_notices().len(), 1);
    *hand.0.lock().unwrap() = until;
    parcels.step(ID, DIGITS, ParcelStep::Deliver);
    assert_eq!(parcels.take_notices(), []);
    assert_eq!(parcels.watched_until(ID, DIGITS), []);
    let told = tracker(&server).look_up(&number()).await.unwrap();
    let times: Vec<_> = told.events().iter().map(|event| event.at.unwrap()).collect();
    assert_eq!(times, [until - Span::millis(1), until]);
}

#[tokio::test]
async fn the_page_shows_every_parcel_and_has_a_button_for_every_step() {
    let server = Server::start().unwrap();
    assert!(page(&server).await.contains("No parcel was handed in yet."));
    assert_eq!(press_of(&server, "add").await, StatusCode::SEE_OTHER);
    for step in ParcelStep::ALL {
        assert_eq!(press_of(&server, step.line().press).await, StatusCode::SEE_OTHER, "{step:?}");
    }
    let page = page(&server).await;
    assert!(page.contains("<h2>CJ대한통운 688712345678</h2>"), "{page}");
    for step in ParcelStep::ALL {
        let line = step.line();
        assert!(page.contains(&format!("value=\"{}\"", line.press)), "{step:?}");
        assert!(page.contains(&format!("{} ({})", line.name, line.code)), "{step:?}");
    }
    press_of(&server, "mix-up").await;
    assert!(tracker(&server).look_up(&number()).await.is_err());
    press_of(&server, "mix-up").await;
    assert!(tracker(&server).look_up(&number()).await.is_ok());
}

#[tokio::test]
async fn a_button_that_is_not_there_does_nothing() {
    let server = Server::start().unwrap();
    for fields in [
        &[("carrier", ID), ("number", DIGITS), ("press", "explode")][..],
        &[("carrier", "kr.nobody"), ("number", DIGITS), ("press", "deliver")],
        &[("carrier", ID), ("number", "<script>"), ("press", "deliver")],
        &[("carrier", ID), ("number", "1"), ("press", "add")],
        &[("press", "deliver")],
    ] {
        assert_eq!(press(&server, fields).await, StatusCode::BAD_REQUEST, "{fields:?}");
    }
    assert!(page(&server).await.contains("No parcel was handed in yet."));
}

#[tokio::test]
async fn what_the_market_writes_is_escaped_on_the_page() {
    let server = Server::start().unwrap();
    let parcels: &Parcels = server.providers.parcels();
    parcels.tell("kr.<b>", "<script>", "IN_TRANSIT", "<i>\"");
    let page = page(&server).await;
    assert!(!page.contains("<script>") && !page.contains("<b>"), "{page}");
    assert!(page.contains("&lt;i&gt;&quot;"), "{page}");
}
