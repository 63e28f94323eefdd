//! From a winning bid to won in the seller's bank account: everything a user would do, over HTTP.

use domain::ledger::LOCKED_FOR;
use gateway::fake::Server;
use kernel::Span;
use serde_json::{Value, json};
use testkit::{Reply, TestApp, User};

use super::{Member, bid, join, log_in};
use crate::support::{arrive, parcel};

const PRICE: i64 = 50_000;

struct Story {
    app: TestApp,
    providers: Server,
    seller: Member,
    minji: Member,
    juno: Member,
    trade: String,
}

/// An auction that minji has won at [`PRICE`], ahead of juno.
async fn won() -> Story {
    let providers = Server::start().unwrap();
    let adjust = |config: &mut platform::Config| {
        *config = config.clone().with_providers_at(providers.base());
    };
    let app = TestApp::start_with(&registry::functions(), adjust).await;
    let seller = join(&app, "seller", "01011112222").await;
    let minji = join(&app, "minji", "01033334444").await;
    let juno = join(&app, "juno", "01055556666").await;
    let offer = json!({ "title": "필름 카메라", "startPrice": 30_000, "durationSeconds": 600 });
    let token = log_in(&app, &seller).await.token;
    let reply = app.post("/v1/auctions").bearer(&token).json(offer).send().await.expect(201);
    let auction = reply.json()["id"].as_str().unwrap().to_owned();
    app.run_until_idle().await;
    let (m, j) = (log_in(&app, &minji).await, log_in(&app, &juno).await);
    bid(&app, &auction, &j, "j", json!({ "amount": 40_000 })).await.expect(201);
    bid(&app, &auction, &m, "m", json!({ "amount": PRICE })).await.expect(201);
    app.advance(Span::minutes(12)).await;
    let trade = trades(&app, &minji).await[0]["id"].as_str().unwrap().to_owned();
    Story { app, providers, seller, minji, juno, trade }
}

async fn trades(app: &TestApp, buyer: &Member) -> Vec<Value> {
    let who = log_in(app, buyer).await;
    let reply = app.get("/v1/trades?role=buyer").bearer(&who.token).send().await.expect(200);
    reply.json()["items"].as_array().unwrap().clone()
}

impl Story {
    async fn post(&self, who: &User, path: &str, body: Value) -> Reply {
        let key = self.app.app.entropy.uuid(self.app.now()).to_string();
        let reply = self.app.post(path).bearer(&who.token).key(&key).json(body).send().await;
        self.app.run_until_idle().await;
        reply
    }

    async fn step(&self, who: &Member, verb: &str, body: Value) -> Reply {
        let who = log_in(&self.app, who).await;
        self.post(&who, &format!("/v1/trades/{}/{verb}", self.trade), body).await
    }

    async fn address(&self, who: &Member) -> String {
        let user = log_in(&self.app, who).await;
        let body = json!({
            "recipient": "김민지", "phone": "01033334444", "postcode": "06236",
            "line1": "서울 강남구 테헤란로 152",
        });
        let reply = self.post(&user, "/v1/me/addresses", body).await.expect(201);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// Fills a wallet through a provider, as its page would.
    async fn top_up(&self, who: &Member, provider: &str, amount: i64) -> Reply {
        let user = log_in(&self.app, who).await;
        let body = json!({ "amount": amount, "provider": provider });
        let begun = self.post(&user, "/v1/wallet/top-ups", body).await.expect(201).json();
        let order = begun["orderId"].as_str().unwrap();
        let path = format!("/v1/payments/{}/confirm", begun["payment"]["id"].as_str().unwrap());
        let pages = &self.providers.providers;
        let agreed = match provider {
            "toss" => json!({ "paymentKey": pages.toss_pay(order, amount), "amount": amount }),
            _ => json!({ "pgToken": pages.kakao_pay(order).unwrap() }),
        };
        self.post(&user, &path, agreed).await
    }

    async fn purse(&self, who: &Member) -> (i64, i64) {
        let user = log_in(&self.app, who).await;
        let view = self.app.get("/v1/wallet").bearer(&user.token).send().await.expect(200).json();
        (view["available"].as_i64().unwrap(), view["held"].as_i64().unwrap())
    }

    async fn ship_and_confirm(&self) {
        let sent = parcel();
        self.step(&self.seller, "ship", sent.clone()).await.expect(200);
        let early = self.step(&self.minji, "confirm", json!({})).await;
        early.expect_problem(409, "not-picked-up");
        arrive(&self.app, &sent).await;
        let done = self.step(&self.minji, "confirm", json!({})).await.expect(200).json();
        assert_eq!(done["state"], "completed", "{done}");
    }
}

#[tokio::test]
async fn bid_win_pay_ship_confirm_and_the_seller_withdraws() {
    let story = won().await;
    let address = story.address(&story.minji).await;
    let short = story.step(&story.minji, "pay", json!({ "addressId": address })).await;
    short.expect_problem(409, "insufficient-balance");
    story.top_up(&story.minji, "toss", 30_000).await.expect(200);
    story.top_up(&story.minji, "kakaopay", 30_000).await.expect(200);
    story.step(&story.minji, "pay", json!({ "addressId": address })).await.expect(200);
    assert_eq!(story.purse(&story.minji).await, (60_000 - PRICE, 0));
    story.ship_and_confirm().await;
    // 5 % for the platform.
    assert_eq!(story.purse(&story.seller).await, (47_500, 0));

    // What somebody else had topped up leaves a week after it came.
    story.app.advance(LOCKED_FOR).await;
    let seller = log_in(&story.app, &story.seller).await;
    let account = json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라" });
    story.post(&seller, "/v1/me/payout-account", account).await.expect(201);
    let asked = story.post(&seller, "/v1/wallet/withdrawals", json!({ "amount": 40_000 })).await;
    let path = asked.expect(201).header("location").unwrap().to_owned();
    let view = story.app.get(&path).bearer(&seller.token).send().await.expect(200).json();
    assert_eq!(view["state"], "done", "{view}");
    assert_eq!(story.purse(&story.seller).await, (7_500, 0));
}

#[tokio::test]
async fn a_trade_is_paid_at_the_provider() {
    let story = won().await;
    let address = story.address(&story.minji).await;
    let user = log_in(&story.app, &story.minji).await;
    let path = format!("/v1/trades/{}/payments", story.trade);
    let body = json!({ "provider": "toss", "addressId": address });
    let begun = story.post(&user, &path, body).await.expect(201).json();
    let key = story.providers.providers.toss_pay(begun["orderId"].as_str().unwrap(), PRICE);
    let confirm = format!("/v1/payments/{}/confirm", begun["payment"]["id"].as_str().unwrap());
    let agreed = json!({ "paymentKey": key, "amount": PRICE });
    story.post(&user, &confirm, agreed).await.expect(200);
    story.ship_and_confirm().await;
    assert_eq!(story.purse(&story.minji).await, (0, 0));
    assert_eq!(story.purse(&story.seller).await, (47_500, 0));
}

#[tokio::test]
async fn who_does_not_pay_loses_to_the_next_bidder() {
    let story = won().await;
    story.app.advance(Span::hours(49)).await;
    let first = trades(&story.app, &story.minji).await;
    assert_eq!(first[0]["state"], "cancelled", "{first:?}");
    let offers = trades(&story.app, &story.juno).await;
    assert_eq!(offers[0]["state"], "awaiting_payment", "{offers:?}");
    let reminded =
        story.app.cloud.sms().iter().filter(|sms| sms.phone.ends_with("33334444")).count();
    assert_eq!(reminded, 3, "the win, and two reminders");
}

#[tokio::test]
async fn a_missed_shipment_gives_the_money_back_and_more() {
    let story = won().await;
    let address = story.address(&story.minji).await;
    story.top_up(&story.minji, "kakaopay", PRICE).await.expect(200);
    story.step(&story.minji, "pay", json!({ "addressId": address })).await.expect(200);
    story.app.advance(Span::hours(49)).await;
    // The price; 10 % of it the seller, who has nothing, still owes.
    assert_eq!(story.purse(&story.minji).await, (50_000, 0));
    story.top_up(&story.seller, "toss", 30_000).await.expect(200);
    story.app.advance(Span::minutes(2)).await;
    assert_eq!(story.purse(&story.minji).await, (55_000, 0));
    assert_eq!(story.purse(&story.seller).await, (25_000, 0));
}

#[tokio::test]
async fn a_refused_card_pays_nothing() {
    let story = won().await;
    let user = log_in(&story.app, &story.minji).await;
    let body = json!({ "amount": 10_000, "provider": "toss" });
    let begun = story.post(&user, "/v1/wallet/top-ups", body).await.expect(201).json();
    let path = format!("/v1/payments/{}/confirm", begun["payment"]["id"].as_str().unwrap());
    let made_up = json!({ "paymentKey": "never-agreed", "amount": 10_000 });
    let status = story.post(&user, &path, made_up).await.status();
    assert!(matches!(status, 202 | 409), "{status}");
    story.app.advance(Span::minutes(20)).await;
    assert_eq!(story.purse(&story.minji).await, (0, 0));
}
