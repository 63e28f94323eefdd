use std::task::Poll;

use axum::body::BodyDataStream;
use domain::auction::CLOSE_GRACE;
use futures::StreamExt;
use kernel::{Instant, Span};
use local::{Fault, FaultKind};
use serde_json::{Value, json};
use testkit::{TestApp, User};

use crate::tests::fixture::{auction, bid, buy, start, token, void};

/// More turns than a poll of the head takes.
const TURNS: usize = 100;
const STEP: Span = Span::millis(100);

/// A browser with the stream open.
struct Client<'a> {
    app: &'a TestApp,
    body: BodyDataStream,
}

/// An event, and when it came.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    at: Instant,
    id: String,
    name: String,
    data: Value,
}

impl Told {
    fn price(&self) -> i64 {
        self.data["price"].as_i64().unwrap()
    }
}

impl<'a> Client<'a> {
    async fn open(app: &'a TestApp, id: &str, last: Option<&str>) -> Self {
        let request = app.get(&format!("/v1/auctions/{id}/stream"));
        let request = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        let response = request.stream().await;
        assert_eq!(response.status(), 200);
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert_eq!(kind, "text/event-stream; charset=utf-8");
        assert_eq!(response.headers()["cache-control"], "no-store");
        Self { app, body: response.into_body().into_data_stream() }
    }

    /// What comes without time passing: a chunk, the end (`Some(None)`), or nothing.
    async fn chunk(&mut self) -> Option<Option<String>> {
        for _ in 0..TURNS {
            if let Poll::Ready(chunk) = futures::poll!(self.body.next()) {
                return Some(
                    chunk.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap()),
                );
            }
            tokio::task::yield_now().await;
        }
        None
    }

    /// Every event that comes now; whether the stream ended.
    async fn now(&mut self) -> (Vec<Told>, bool) {
        let mut told = Vec::new();
        while let Some(chunk) = self.chunk().await {
            match chunk {
                Some(text) => told.extend(events(&text, self.app.now())),
                None => return (told, true),
            }
        }
        (told, false)
    }

    /// Every event within `span`, time passing in small steps.
    async fn within(&mut self, span: Span) -> (Vec<Told>, bool) {
        let until = self.app.now() + span;
        let (mut told, mut ended) = self.now().await;
        while !ended && self.app.now() < until {
            self.app.clock.advance(STEP);
            let (more, over) = self.now().await;
            told.extend(more);
            ended = over;
        }
        (told, ended)
    }
}

/// The events of a chunk. A comment is an event without a name.
fn events(chunk: &str, at: Instant) -> Vec<Told> {
    assert!(chunk.ends_with("\n\n"), "{chunk:?}");
    let blocks = chunk.trim_end_matches('\n').split("\n\n");
    blocks
        .map(|block| {
            let member = |name: &str| {
                let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
                line.unwrap_or_default().to_owned()
            };
            let data = serde_json::from_str(&member("data")).unwrap_or_default();
            Told { at, id: member("id"), name: member("event"), data }
        })
        .collect()
}

fn names(told: &[Told]) -> Vec<&str> {
    told.iter().map(|told| told.name.as_str()).collect()
}

async fn scene() -> (TestApp, String, [User; 2]) {
    let app = start().await;
    app.cloud.adjust(|knobs| knobs.rates = false);
    let [seller, minji, juno] = ["seller", "minji", "juno"].map(|name| app.signed_in(name));
    let id =
        auction(&app, &seller, json!({ "durationSeconds": 3_600, "buyNowPrice": 900_000 })).await;
    (app, id, [minji, juno])
}

#[tokio::test]
async fn it_begins_with_the_state_at_once() {
    let (app, id, [minji, _]) = scene().await;
    bid(&app, &id, &minji, 10_000, Some(234_567)).await.expect(201);
    let mut client = Client::open(&app, &id, None).await;
    let (told, ended) = client.now().await;
    assert_eq!((names(&told), ended), (vec!["init"], false));
    let view = crate::tests::fixture::show(&app, &id).await;
    let members = [
        "price",
        "minimumNextBid",
        "bidCount",
        "leader",
        "startsAt",
        "endsAt",
        "epoch",
        "sequence",
        "status",
        "reserveMet",
    ];
    for member in members {
        assert_eq!(told[0].data[member], view[member], "{member}");
    }
    assert_eq!(told[0].data["auctionId"], id);
    assert!(!told[0].data.to_string().contains("234567"));
    assert_eq!(told[0].data["now"], json!(app.now()));
    assert_eq!(told[0].id, "0-1-1");
}

#[tokio::test]
async fn ten_bids_within_a_window_are_one_push_of_the_highest() {
    let (app, id, [minji, juno]) = scene().await;
    let mut client = Client::open(&app, &id, None).await;
    client.now().await;
    for n in 0..10 {
        let who = if n % 2 == 0 { &minji } else { &juno };
        bid(&app, &id, who, 10_000 + n * 1_000, None).await.expect(201);
    }
    let (told, _) = client.within(Span::seconds(5)).await;
    assert_eq!(names(&told), ["price"]);
    assert_eq!((told[0].price(), &told[0].data["bidCount"]), (19_000, &json!(10)));
}

#[tokio::test]
async fn under_fifty_bids_it_says_two_prices_a_second_and_never_a_lower_one() {
    let (app, id, [minji, juno]) = scene().await;
    let mut client = Client::open(&app, &id, None).await;
    let bidding = async {
        for n in 0..50 {
            let who = if n % 2 == 0 { &minji } else { &juno };
            bid(&app, &id, who, 10_000 + n * 1_000, None).await.expect(201);
            app.clock.advance(STEP);
            tokio::task::yield_now().await;
        }
    };
    let reading = async {
        let mut told = Vec::new();
        while told.last().is_none_or(|last: &Told| last.price() < 59_000) {
            let chunk = client.body.next().await.unwrap().unwrap();
            told.extend(events(std::str::from_utf8(&chunk).unwrap(), app.now()));
        }
        told
    };
    // After the last bid, time must pass for the last push.
    let bidding = async {
        bidding.await;
        for _ in 0..20 {
            app.clock.advance(STEP);
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        }
    };
    let (told, ()) = tokio::join!(reading, bidding);
    assert_eq!(told[0].name, "init");
    assert!(told.len() >= 3, "{told:?}");
    assert!(told.is_sorted_by(|one, next| one.price() < next.price()), "{told:?}");
    for (n, first) in told.iter().enumerate() {
        let second = told.iter().skip(n).filter(|next| next.at.since(first.at) < Span::seconds(1));
        assert!(second.count() <= 2, "{told:?}");
    }
}

#[tokio::test]
async fn f17_init_comes_first_whatever_was_seen() {
    let (app, id, [minji, juno]) = scene().await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let mut client = Client::open(&app, &id, None).await;
    let (told, _) = client.now().await;
    bid(&app, &id, &juno, 12_000, None).await.expect(201);
    let ahead = ["0-99-1", "7-1-1", "0-2-2"];
    let nonsense = ["", "x", "0-1", "0-1-3", "0-1-0-0", "-1-1-0", "99999999999-1-0", "한"];
    for last in [told[0].id.as_str(), "0-2-1"].into_iter().chain(ahead).chain(nonsense) {
        let mut client = Client::open(&app, &id, Some(last)).await;
        let (told, ended) = client.now().await;
        assert_eq!((names(&told), ended), (vec!["init"], false), "{last:?}");
        assert_eq!((told[0].price(), told[0].id.as_str()), (12_000, "0-2-1"), "{last:?}");
    }
    let mut resumed = Client::open(&app, &id, Some("0-99-1")).await;
    resumed.now().await;
    bid(&app, &id, &minji, 15_000, None).await.expect(201);
    let (news, _) = resumed.within(Span::seconds(1)).await;
    assert_eq!((names(&news), news[0].price()), (vec!["price"], 15_000));
}

#[tokio::test]
async fn f17_an_opening_is_pushed() {
    let (app, _, [minji, juno]) = scene().await;
    let seller = app.signed_in("seller");
    let starts = app.now() + Span::seconds(10);
    let terms = json!({ "startsAt": starts, "reservePrice": 20_000, "durationSeconds": 3_600 });
    let id = auction(&app, &seller, terms).await;
    let mut client = Client::open(&app, &id, None).await;
    let (told, _) = client.now().await;
    assert_eq!((names(&told), &told[0].data["status"]), (vec!["init"], &json!("scheduled")));
    assert_eq!(told[0].data["startsAt"], json!(starts));
    let (told, _) = client.within(Span::seconds(11)).await;
    assert_eq!((names(&told), &told[0].data["status"]), (vec!["open"], &json!("open")));
    assert!(told[0].at >= starts && told[0].at.since(starts) <= Span::millis(500), "{told:?}");
    // Whether the reserve is met comes with the price.
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let (below, _) = client.within(Span::seconds(1)).await;
    bid(&app, &id, &juno, 11_000, Some(30_000)).await.expect(201);
    let (above, _) = client.within(Span::seconds(1)).await;
    let met =
        [&below, &above].map(|told| (names(told).concat(), told[0].data["reserveMet"].clone()));
    assert_eq!(met, [("price".into(), json!(false)), ("price".into(), json!(true))]);
    assert!([below, above].concat().iter().all(|told| told.data["now"] == json!(told.at)));
}

#[tokio::test]
async fn the_end_is_told_and_ends_the_stream() {
    let (app, id, [minji, juno]) = scene().await;
    let mut client = Client::open(&app, &id, None).await;
    client.now().await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    client.within(Span::seconds(1)).await;
    buy(&app, &id, &juno).await.expect(201);
    let (told, ended) = client.within(Span::seconds(1)).await;
    assert_eq!((names(&told), ended), (vec!["end"], true));
    assert_eq!(told[0].data["status"], "sold-buy-now");
    assert_eq!(told[0].price(), 900_000);
    // Who comes later learns the state and the end, and is let go.
    let mut late = Client::open(&app, &id, None).await;
    let (news, ended) = late.now().await;
    assert_eq!((names(&news), ended), (vec!["init", "end"], true));
    // So is a client that reconnects although it was told, or says that it saw what nobody did.
    for last in [&told[0].id, "0-99-1", "0-99-2", "9-0-0"] {
        let mut stubborn = Client::open(&app, &id, Some(last)).await;
        let (news, ended) = stubborn.now().await;
        assert_eq!((names(&news), ended), (vec!["init", "end"], true), "{last}");
    }
}

#[tokio::test]
async fn it_closes_what_it_sees_ending() {
    let (app, id, [minji, _]) = scene().await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    app.clock.advance(Span::seconds(3_580));
    let mut client = Client::open(&app, &id, None).await;
    let (told, ended) = client.within(Span::seconds(20)).await;
    assert!(!ended && names(&told).iter().all(|name| *name != "end"), "{told:?}");
    let ends_at = app.now();
    // Nothing is told of the moment between: a bid that came in time may still arrive.
    let (told, ended) = client.within(Span::millis(2_900)).await;
    assert_eq!((told, ended), (vec![], false));
    let (told, ended) = client.within(Span::millis(100)).await;
    assert_eq!((names(&told), ended), (vec!["end"], true));
    assert_eq!((told[0].at, &told[0].data["status"]), (ends_at + CLOSE_GRACE, &json!("won")));
    app.run_until_idle().await;
    assert_eq!(crate::tests::fixture::closings(&app).await.len(), 1);
}

#[tokio::test]
async fn a_void_begins_again_with_the_corrected_price() {
    let (app, id, [minji, juno]) = scene().await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let fraud = bid(&app, &id, &juno, 90_000, None).await.expect(201).json();
    let mut client = Client::open(&app, &id, None).await;
    client.now().await;
    void(&app, &id, &fraud["id"]).await.expect(200);
    let (told, _) = client.within(Span::seconds(1)).await;
    assert_eq!((names(&told), told[0].price()), (vec!["init"], 10_000));
    assert_eq!(told[0].data["epoch"], 1);
}

#[tokio::test]
async fn f17_nobody_holds_a_stream_for_more_than_25_seconds() {
    let (app, id, [minji, _]) = scene().await;
    let began = app.now();
    let mut client = Client::open(&app, &id, None).await;
    let (told, ended) = client.within(Span::seconds(25)).await;
    assert_eq!((names(&told), ended), (vec!["init", "", "reconnect"], true));
    let at: Vec<Span> = told.iter().map(|told| told.at.since(began)).collect();
    assert_eq!(at, [Span::seconds(0), Span::seconds(15), Span::seconds(24)]);
    assert_eq!(told[2].data, json!({ "now": told[2].at }));
    // Nothing falls between two streams.
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    let (told, _) = Client::open(&app, &id, Some(&told[0].id)).await.now().await;
    assert_eq!((names(&told), &told[0].data["bidCount"]), (vec!["init"], &json!(1)));
}

#[tokio::test]
async fn a_poll_that_fails_is_made_up_for() {
    let (app, id, [minji, _]) = scene().await;
    let mut client = Client::open(&app, &id, None).await;
    client.now().await;
    bid(&app, &id, &minji, 10_000, None).await.expect(201);
    for _ in 0..3 {
        app.cloud.faults().push(Fault::next("dynamodb:GetItem", FaultKind::Throttle));
    }
    app.clock.advance(Span::millis(500));
    // The client's own retries take a little real time, and none of ours.
    while !app.cloud.faults().pending().is_empty() {
        assert_eq!(client.chunk().await, None);
    }
    let (told, _) = client.within(Span::seconds(1)).await;
    assert_eq!((names(&told), told[0].price()), (vec!["price"], 10_000));
}

#[tokio::test]
async fn what_is_not_there() {
    let app = start().await;
    let nowhere = "/v1/auctions/01938f3c-7e2a-7000-8000-000000000001/stream";
    app.get(nowhere).send().await.expect_problem(404, "auction-not-found");
    app.get("/v1/auctions/x/stream").send().await.expect_problem(400, "invalid-request");
    let signed_in = app.signed_in("minji");
    let reply = app.get(nowhere).bearer(&token(&app, &signed_in)).send().await;
    reply.expect_problem(404, "auction-not-found");
}
