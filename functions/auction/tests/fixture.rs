//! What the context's tests share: an auction, bidders, short ways to bid.

use domain::identity::Role;
use events::{AuctionClosed, Envelope, Event};
use kernel::{AuctionId, Span};
use serde_json::{Value, json};
use store::{Table, outbox};
use testkit::{Reply, TestApp, User};

/// Starts the context alone.
pub async fn start() -> TestApp {
    TestApp::start(crate::FUNCTIONS).await
}

/// Ten minutes from 10,000 won, changed by `extra`.
pub async fn auction(app: &TestApp, seller: &User, extra: Value) -> String {
    let reply = create(app, seller, extra).await.expect(201);
    app.run_until_idle().await;
    reply.json()["id"].as_str().unwrap().to_owned()
}

pub async fn create(app: &TestApp, seller: &User, extra: Value) -> Reply {
    let mut body = json!({ "title": "카메라", "startPrice": 10_000, "durationSeconds": 600 });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    app.post("/v1/auctions").bearer(&token(app, seller)).json(body).send().await
}

/// Bids `amount`, by proxy up to `maximum`, under a fresh key.
pub async fn bid(app: &TestApp, id: &str, who: &User, amount: i64, maximum: Option<i64>) -> Reply {
    let body = match maximum {
        Some(maximum) => json!({ "amount": amount, "maxAmount": maximum }),
        None => json!({ "amount": amount }),
    };
    bid_with(app, id, who, &fresh_key(app), body).await
}

pub async fn bid_with(app: &TestApp, id: &str, who: &User, key: &str, body: Value) -> Reply {
    let path = format!("/v1/auctions/{id}/bids");
    app.post(&path).bearer(&token(app, who)).key(key).json(body).send().await
}

/// A token that is fresh however far the clock was turned.
pub fn token(app: &TestApp, who: &User) -> String {
    app.token(who.id, &[Role::User])
}

pub async fn buy(app: &TestApp, id: &str, who: &User) -> Reply {
    let path = format!("/v1/auctions/{id}/buy-now");
    app.post(&path).bearer(&token(app, who)).key(&fresh_key(app)).send().await
}

pub async fn show(app: &TestApp, id: &str) -> Value {
    app.get(&format!("/v1/auctions/{id}")).send().await.expect(200).json()
}

pub fn fresh_key(app: &TestApp) -> String {
    app.app.entropy.uuid(app.now()).to_string()
}

/// Lets the auction end and everything that follows from it happen.
pub async fn end(app: &TestApp) {
    app.advance(Span::minutes(80)).await;
}

/// Takes a bid back, as an admin.
pub async fn void(app: &TestApp, id: &str, bid_id: &Value) -> Reply {
    let path = format!("/v1/auctions/{id}/bids/{}/void", bid_id.as_str().unwrap());
    app.post(&path).bearer(&app.admin().token).send().await
}

pub async fn get_as(app: &TestApp, path: &str, who: &User) -> Reply {
    app.get(path).bearer(&token(app, who)).send().await
}

/// Every item of a list, page by page of `limit`.
pub async fn walk(app: &TestApp, path: &str, limit: usize, who: Option<&User>) -> Vec<Value> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let request = app.get(&format!("{path}{sign}limit={limit}{cursor}"));
        let request = match who {
            Some(who) => request.bearer(&token(app, who)),
            None => request,
        };
        let page = request.send().await.expect(200).json();
        let there = page["items"].as_array().unwrap().clone();
        assert!(there.len() <= limit, "{page}");
        items.extend(there);
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
    panic!("{path} never ends");
}

/// One member of every item.
pub fn column(items: &[Value], name: &str) -> Vec<Value> {
    items.iter().map(|item| item[name].clone()).collect()
}

/// The events of this kind that wait in the outbox.
pub async fn waiting<E: Event>(app: &TestApp) -> Vec<Envelope> {
    let rows = app.rows().await;
    let rows = rows.table(Table::Outbox).iter();
    let envelopes = rows.filter_map(|item| outbox::pending(item).unwrap());
    envelopes.filter(|envelope| envelope.kind == E::KIND).collect()
}

/// What was told about the ends of auctions.
pub async fn closings(app: &TestApp) -> Vec<AuctionClosed> {
    let told = waiting::<AuctionClosed>(app).await;
    told.iter().map(|envelope| envelope.open().unwrap()).collect()
}

/// Delivers what waits, as the relay of another context would.
pub async fn relay<E: Event>(app: &TestApp) {
    for envelope in waiting::<E>(app).await {
        app.publish(&envelope).await;
    }
    app.run_until_idle().await;
}

/// A batch of one message.
pub fn message(body: &Value) -> Value {
    json!({ "Records": [{
        "messageId": "1", "receiptHandle": "1", "body": body.to_string(), "attributes": {},
        "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "ap-northeast-2",
        "eventSourceARN": "arn:aws:sqs:ap-northeast-2:000000000000:jangteo-test",
    }] })
}

pub fn auction_id(id: &str) -> AuctionId {
    id.parse().unwrap()
}
