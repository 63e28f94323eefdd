//! What the context's tests share: items, tags, trades, walks through lists.

use std::sync::Arc;

use domain::{
    exchange::{
        End, Execution, Incoming, Order, OrderFunding, OrderState, Price, Rejection, Seen, Side,
        Terms, TimeInForce, decide,
    },
    identity::{Address, Role},
};
use events::{Envelope, ExchangeFacts, TradeCompleted, TradeFacts};
use futures::future::join_all;
use kernel::{CatalogItemId, Id, OrderId, Span, TradeId, Won};
use serde_json::{Value, json};
use store::{CommitError, Item, Read, Table, Transaction};
use testkit::{Reply, RequestBuilder, TestApp};
use uuid::Uuid;

/// An id that nothing has.
pub const NOWHERE: &str = "01938f3c-7e2a-7000-8000-000000000001";

/// This context, and whoever carries what its outbox holds.
pub async fn start() -> Arc<TestApp> {
    Arc::new(TestApp::start(&[crate::FUNCTIONS, operation::FUNCTIONS].concat()).await)
}

/// A shoe with a model number of its own, changed by `extra`.
pub fn shoe(app: &TestApp, extra: &Value) -> Value {
    let random = app.app.entropy.uuid(app.now()).simple().to_string();
    let mut body = json!({
        "nameKo": "나이키 덩크 로우 레트로", "nameEn": "Nike Dunk Low Retro",
        "model": format!("M-{random}"),
    });
    for (name, value) in extra.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// Creates [`shoe`].
pub async fn create(app: &TestApp, extra: Value) -> Reply {
    let request = app.post("/v1/catalog").bearer(&app.admin().token);
    request.json(shoe(app, &extra)).send().await
}

/// Creates [`shoe`], lets the index follow and answers its id.
pub async fn item(app: &TestApp, extra: Value) -> String {
    let reply = create(app, extra).await.expect(201);
    app.run_until_idle().await;
    reply.json()["id"].as_str().unwrap().to_owned()
}

pub async fn show(app: &TestApp, id: &str) -> Reply {
    app.get(&format!("/v1/catalog/{id}")).send().await
}

pub async fn edit(app: &TestApp, id: &str, body: Value) -> Reply {
    let request = app.patch(&format!("/v1/catalog/{id}")).bearer(&app.admin().token);
    request.json(body).send().await
}

pub async fn delete(app: &TestApp, id: &str) -> Reply {
    app.delete(&format!("/v1/catalog/{id}")).bearer(&app.admin().token).send().await
}

pub async fn add_option(app: &TestApp, id: &str, option: &str) -> Reply {
    let request = app.post(&format!("/v1/catalog/{id}/options")).bearer(&app.admin().token);
    request.json(json!({ "option": option })).send().await
}

pub async fn create_tag(app: &TestApp, name: &str) -> Reply {
    let request = app.post("/v1/tags").bearer(&app.admin().token);
    request.json(json!({ "name": name })).send().await
}

pub async fn link(app: &TestApp, id: &str, tag: &str) -> Reply {
    app.put(&tag_path(id, tag)).bearer(&app.admin().token).send().await
}

pub async fn unlink(app: &TestApp, id: &str, tag: &str) -> Reply {
    app.delete(&tag_path(id, tag)).bearer(&app.admin().token).send().await
}

fn tag_path(id: &str, tag: &str) -> String {
    format!("/v1/catalog/{id}/tags/{}", encoded(tag))
}

/// A text as it stands in a URL.
pub fn encoded(text: &str) -> String {
    let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    text.replace('+', "%20")
}

/// The ids of what a search finds.
pub async fn search(app: &TestApp, term: &str) -> Vec<String> {
    ids(&walk(app, &format!("/v1/catalog?search={}", encoded(term)), 10).await)
}

/// Every item of a list, page by page of `limit`.
pub async fn walk(app: &TestApp, path: &str, limit: usize) -> Vec<Value> {
    let sign = if path.contains('?') { '&' } else { '?' };
    let (mut items, mut cursor) = (Vec::new(), String::new());
    for _ in 0..100 {
        let request = app.get(&format!("{path}{sign}limit={limit}{cursor}"));
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

pub fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Every way in which somebody who is no admin is turned away from `request`.
pub async fn only_admins(app: &TestApp, request: impl Fn() -> RequestBuilder) {
    request().send().await.expect_problem(401, "unauthenticated");
    for roles in [&[Role::User][..], &[Role::User, Role::Inspector]] {
        let token = app.token_with_roles(roles).token;
        request().bearer(&token).send().await.expect_problem(403, "forbidden");
    }
    request().bearer("garbage").send().await.expect_problem(401, "token-invalid");
}

/// Runs `count` requests at once, each on a task of its own.
pub async fn at_once<F>(count: usize, request: impl Fn(usize) -> F) -> Vec<Reply>
where
    F: Future<Output = Reply> + Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "a test waits for its tasks")]
    let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(request(number))).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

/// How many of the replies have this status.
pub fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status() == status).count()
}

/// The rows of the search index.
pub async fn index_rows(app: &TestApp) -> Vec<Item> {
    app.rows().await.under(Table::Catalog, store::keys::GRAM_PREFIX)
}

/// A trade of the exchange for an item, completed.
pub fn completed(app: &TestApp, item: &str, trade: u128) -> Envelope {
    let facts = facts(trade);
    let exchange = ExchangeFacts {
        item_id: item_id(item),
        option: "270".to_owned(),
        buy_order_id: Id::from_uuid(Uuid::from_u128(3)),
        sell_order_id: Id::from_uuid(Uuid::from_u128(4)),
        rebuy_if_failed: false,
    };
    let event = TradeCompleted {
        trade: TradeFacts { exchange: Some(exchange), ..facts },
        refunded: Won::ZERO,
        refunding: false,
    };
    Envelope::new(Uuid::from_u128(0xe000 + trade), app.now(), &event)
}

/// A trade that an auction began.
pub fn facts(trade: u128) -> TradeFacts {
    TradeFacts {
        trade_id: TradeId::from_uuid(Uuid::from_u128(0xd000 + trade)),
        auction_id: None,
        exchange: None,
        round: 0,
        seller_id: Id::from_uuid(Uuid::from_u128(1)),
        buyer_id: Id::from_uuid(Uuid::from_u128(2)),
        title: "덩크 270".to_owned(),
        price: Won::constant(100_000),
    }
}

pub fn item_id(id: &str) -> CatalogItemId {
    id.parse().unwrap()
}

/// Lets an order rest on an item, as the exchange would; `None`: it may not.
pub async fn rest(app: &TestApp, item: &str, option: &str, side: Side) -> Option<OrderId> {
    let price = if side == Side::Buy { 10_000 } else { 20_000 };
    rest_at(app, item, option, side, price).await
}

/// The same at a price.
pub async fn rest_at(
    app: &TestApp,
    item: &str,
    option: &str,
    side: Side,
    price: i64,
) -> Option<OrderId> {
    let order = order(app, item, option, side, price);
    let instrument = order.terms.instrument();
    let priority = app.store().exchange_number(instrument).await.unwrap();
    let order = Order { priority, ..order };
    loop {
        let (own, other) = app.store().exchange_heads(instrument, side).await.unwrap().unwrap();
        let Terms { price, .. } = order.terms;
        let time_in_force = TimeInForce::GoodTil(order.terms.expires_at);
        let user = order.user;
        let incoming = Incoming { user, side, price, time_in_force, confirmed: true, number: None };
        let plan = match decide(&incoming, &Seen { own, other, best: None }) {
            Err(Rejection::Closed) => return None,
            plan => plan.unwrap(),
        };
        let rests = Execution::of(&plan, &order, None, app.now()).unwrap();
        let transaction = Transaction::new().order(&rests, app.now()).unwrap();
        match app.store().commit(transaction).await {
            Ok(()) => return Some(order.id),
            Err(CommitError::Condition { .. }) => {} // the book moved
            Err(error) => panic!("{error}"),
        }
    }
}

/// Takes an order that rests off the book.
pub async fn cancel(app: &TestApp, order: OrderId) {
    let before = app.store().order(order, Read::Consistent).await.unwrap().unwrap();
    let after = before.end(End::Cancelled, app.now()).unwrap();
    assert!(app.store().order_commit_end(&before, &after, app.now()).await.unwrap());
}

fn order(app: &TestApp, item: &str, option: &str, side: Side, price: i64) -> Order {
    let phone = "01012345678".parse().unwrap();
    let address = Address::new("김민지", phone, "06236", "서울 강남구 테헤란로 152", None);
    let funding = match side {
        Side::Buy => OrderFunding::Card(Id::from_uuid(Uuid::from_u128(5))),
        Side::Sell => OrderFunding::Seller,
    };
    Order {
        id: Id::from_uuid(app.app.entropy.uuid(app.now())),
        user: app.signed_in("minji").id,
        terms: Terms {
            item: item_id(item),
            option: option.parse().unwrap(),
            title: "덩크".to_owned(),
            side,
            price: Price::new(Won::constant(price)).unwrap(),
            funding,
            deposit: Won::ZERO,
            address: address.unwrap(),
            note: None,
            rebuy_if_failed: false,
            expires_at: app.now() + Span::days(1),
        },
        placed_at: app.now(),
        state: OrderState::Open,
        priority: 0,
        met: None,
        at_once: None,
        placed_as: None,
        ended_at: None,
        earned: Won::ZERO,
        fingerprint: String::new(),
    }
}
