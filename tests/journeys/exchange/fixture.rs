//! Who meets on the exchange, and what they do there.

use domain::{
    identity::Role,
    ledger::{Account, Between, Movement, MovementKind},
};
use gateway::fake::Server;
use kernel::{Span, Won};
use serde_json::{Value, json};
use testkit::{Reply, TestApp, User};

use crate::{
    journeys::{Member, join, log_in},
    support::{arrive, parcel},
};

/// What the shoe costs in every story.
pub const PRICE: i64 = 100_000;
/// What everybody has in the wallet at first.
pub const PURSE: i64 = 300_000;
/// What a seller has in the wallet at first: the deposit of one ask.
pub const SAVINGS: i64 = 10_000;
/// The payment password of every card.
const PASSWORD: &str = "271828";

pub struct Exchange {
    pub app: TestApp,
    pub providers: Server,
    pub item: String,
    centre: Member,
}

/// Somebody with an address.
pub struct Trader {
    pub member: Member,
    address: String,
}

impl Exchange {
    /// One shoe in size 270, and an inspector.
    pub async fn open() -> Self {
        let providers = Server::start().unwrap();
        let adjust = |config: &mut platform::Config| {
            *config = config.clone().with_providers_at(providers.base());
        };
        let app = TestApp::start_with(&registry::functions(), adjust).await;
        let centre = join(&app, "centre", "01099990001").await;
        let admin = app.admin();
        let roles = json!({ "roles": ["user", "inspector"] });
        let path = format!("/v1/users/{}/roles", centre.id);
        app.put(&path).bearer(&admin.token).json(roles).send().await.expect(200);
        let shoe = json!({
            "nameKo": "에어 조던 1", "nameEn": "Air Jordan 1", "model": "555088",
        });
        let made = app.post("/v1/catalog").bearer(&admin.token).json(shoe).send().await;
        let item = made.expect(201).json()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/catalog/{item}/options");
        let option = json!({ "option": "270" });
        app.post(&path).bearer(&admin.token).json(option).send().await.expect(201);
        app.run_until_idle().await;
        Self { app, providers, item, centre }
    }

    /// A POST under a fresh key; everything that follows is done.
    pub async fn post(&self, who: &User, path: &str, body: Value) -> Reply {
        let key = self.app.app.entropy.uuid(self.app.now()).to_string();
        let reply = self.app.post(path).bearer(&who.token).key(&key).json(body).send().await;
        self.app.run_until_idle().await;
        reply
    }

    pub async fn get(&self, who: &Trader, path: &str) -> Value {
        let user = self.user(who).await;
        self.app.get(path).bearer(&user.token).send().await.expect(200).json()
    }

    pub async fn user(&self, who: &Trader) -> User {
        log_in(&self.app, &who.member).await
    }

    /// Somebody new with an address.
    pub async fn trader(&self, name: &str, phone: &str) -> Trader {
        let member = join(&self.app, name, phone).await;
        let user = log_in(&self.app, &member).await;
        let body = json!({
            "recipient": "김민지", "phone": "01033334444", "postcode": "06236",
            "line1": "서울 강남구 테헤란로 152",
        });
        let reply = self.post(&user, "/v1/me/addresses", body).await.expect(201);
        Trader { member, address: reply.json()["id"].as_str().unwrap().to_owned() }
    }

    /// A trader who can be paid, with [`SAVINGS`] in the wallet.
    pub async fn seller(&self, name: &str, phone: &str) -> Trader {
        let trader = self.trader(name, phone).await;
        let user = self.user(&trader).await;
        let account =
            json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라" });
        self.post(&user, "/v1/me/payout-account", account).await.expect(201);
        let to = user.id;
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(to) };
        let savings = Won::constant(SAVINGS);
        let reason = format!("test-top-up#{to}");
        let movement = Movement::transfer(reason, MovementKind::TopUp, savings, accounts).unwrap();
        assert!(self.app.store().move_money(&movement, self.app.now()).await.unwrap());
        trader
    }

    /// A trader with [`PURSE`] won in the wallet.
    pub async fn buyer(&self, name: &str, phone: &str) -> Trader {
        let trader = self.trader(name, phone).await;
        let user = self.user(&trader).await;
        let body = json!({ "amount": PURSE, "provider": "toss" });
        let begun = self.post(&user, "/v1/wallet/top-ups", body).await.expect(201).json();
        let key = self.providers.providers.toss_pay(begun["orderId"].as_str().unwrap(), PURSE);
        let path = format!("/v1/payments/{}/confirm", begun["payment"]["id"].as_str().unwrap());
        let agreed = json!({ "paymentKey": key, "amount": PURSE });
        self.post(&user, &path, agreed).await.expect(200);
        trader
    }

    /// The `funding` of an order that a new card of this trader pays.
    pub async fn card(&self, who: &Trader, auth_key: &str) -> Value {
        let user = self.user(who).await;
        let body = json!({ "authKey": auth_key, "password": PASSWORD });
        let made = self.post(&user, "/v1/me/payment-methods", body).await.expect(201).json();
        json!({ "from": "card", "paymentMethodId": made["id"], "password": PASSWORD })
    }

    pub async fn ask(&self, who: &Trader, price: i64) -> Value {
        self.order(who, json!({ "side": "sell", "price": price })).await
    }

    pub async fn bid(&self, who: &Trader, price: i64, funding: Value) -> Value {
        self.order(who, json!({ "side": "buy", "price": price, "funding": funding })).await
    }

    /// Places an order with these particulars.
    pub async fn order(&self, who: &Trader, particulars: Value) -> Value {
        let mut body = json!({
            "itemId": self.item, "option": "270", "expiresInDays": 30, "addressId": who.address,
            "confirm": true,
        });
        for (name, value) in particulars.as_object().unwrap() {
            body[name] = value.clone();
        }
        let user = self.user(who).await;
        self.post(&user, "/v1/exchange/orders", body).await.expect(201).json()
    }

    /// An order as it stands.
    pub async fn standing(&self, who: &Trader, order: &Value) -> Value {
        let path = format!("/v1/exchange/orders/{}", order["id"].as_str().unwrap());
        self.get(who, &path).await
    }

    /// A trade as one of its sides sees it.
    pub async fn trade(&self, who: &Trader, id: &Value) -> Value {
        self.get(who, &format!("/v1/trades/{}", id.as_str().unwrap())).await
    }

    /// A step of a trade by one of its sides.
    pub async fn step(&self, who: &Trader, trade: &Value, verb: &str, body: Value) -> Value {
        let user = self.user(who).await;
        let path = format!("/v1/trades/{}/{verb}", trade.as_str().unwrap());
        self.post(&user, &path, body).await.expect(200).json()
    }

    /// A step of a trade by the inspection centre.
    pub async fn centre(&self, trade: &Value, verb: &str, body: Value) -> Value {
        let user = log_in(&self.app, &self.centre).await;
        let path = format!("/v1/trades/{}/{verb}", trade.as_str().unwrap());
        self.post(&user, &path, body).await.expect(200).json()
    }

    /// The seller ships to the centre, which inspects.
    pub async fn inspect(&self, seller: &Trader, trade: &Value, grade: &str) -> Value {
        let shipped = self.step(seller, trade, "ship", parcel()).await;
        assert_eq!(shipped["state"], "in_transit", "{shipped}");
        let received = self.centre(trade, "receive", json!({})).await;
        assert_eq!(received["state"], "inspecting", "{received}");
        let result = json!({
            "grade": grade, "checklistVersion": 3, "notes": "밑창에 작은 오염",
            "photos": ["inspection/front.jpg", "inspection/sole.jpg"],
        });
        self.centre(trade, "inspection", result).await
    }

    /// The centre sends the goods on, they arrive, the buyer is content.
    pub async fn deliver(&self, buyer: &Trader, trade: &Value) {
        let parcel = parcel();
        let sent = self.centre(trade, "forward", parcel.clone()).await;
        assert_eq!(sent["state"], "forwarding", "{sent}");
        arrive(&self.app, &parcel).await;
        let there = self.trade(buyer, trade).await;
        assert_eq!(there["state"], "delivered", "{there}");
        let done = self.step(buyer, trade, "confirm", json!({})).await;
        assert_eq!(done["state"], "completed", "{done}");
    }

    /// Turns the clock and lets a scheduled function run, as its schedule would.
    pub async fn wait(&self, span: Span, function: &str) {
        self.app.clock.advance(span);
        self.app.invoke(function, json!({})).await.unwrap();
        self.app.run_until_idle().await;
    }

    /// Available and held.
    pub async fn purse(&self, who: &Trader) -> (i64, i64) {
        let view = self.get(who, "/v1/wallet").await;
        (view["available"].as_i64().unwrap(), view["held"].as_i64().unwrap())
    }

    /// Every wallet here is what its history says.
    pub async fn audit(&self, traders: &[&Trader]) {
        let admin = self.app.token(self.app.admin().id, &[Role::User, Role::Admin]);
        for trader in traders {
            let path = format!("/v1/admin/users/{}/audit", trader.member.id);
            let view = self.app.get(&path).bearer(&admin).send().await.expect(200).json();
            assert_eq!(view["differences"], json!([]), "{view}");
        }
    }
}

pub fn wallet() -> Value {
    json!({ "from": "wallet" })
}
