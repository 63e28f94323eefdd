//! A product that is traded, and who trades it.

use kernel::UserId;
use serde_json::{Value, json};
use testkit::RequestBuilder;

use crate::budgets::{
    fixture::{ADMIN, Stage},
    trades,
};

/// The payment password of every card.
const PASSWORD: &str = "271828";
/// What a buyer has in the wallet at first.
const PURSE: i64 = 10_000_000;

pub struct Floor {
    pub stage: Stage,
    pub item: String,
    /// The admin who keeps the catalogue.
    pub keeper: UserId,
}

/// Somebody with an address.
#[derive(Clone, Debug)]
pub struct Trader {
    pub id: UserId,
    pub address: Value,
}

impl Floor {
    /// One shoe in size 270.
    pub async fn open() -> Self {
        let mut stage = Stage::start().await;
        let keeper = stage.app.admin().id;
        stage.name_runs(&[("catalog-on-item-changed", "done indexed")]);
        let body = json!({
            "nameKo": "에어 조던 1", "nameEn": "Air Jordan 1", "model": "555088",
            "releaseDate": "2026-11-21", "releasePrice": 209_000, "images": ["catalog/1.webp"],
        });
        let request = stage.post_as(ADMIN, keeper, "/v1/catalog", body);
        let made = stage.ask("201", request).await.json();
        let item = made["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/catalog/{item}/options");
        let request = stage.post_as(ADMIN, keeper, &path, json!({ "option": "270" }));
        stage.ask("201", request).await;
        stage.name_runs(&[]);
        Self { stage, item, keeper }
    }

    pub async fn trader(&mut self, name: &str) -> Trader {
        let id = self.stage.member(name).await;
        let address = trades::address(&mut self.stage, id).await;
        Trader { id, address }
    }

    /// A trader who can be paid, and has the money for deposits.
    pub async fn seller(&mut self, name: &str) -> Trader {
        let trader = self.payee(name).await;
        self.stage.fund(trader.id, PURSE).await;
        trader
    }

    /// A trader who can be paid.
    pub async fn payee(&mut self, name: &str) -> Trader {
        let trader = self.trader(name).await;
        let account =
            json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라" });
        let request = self.stage.post(trader.id, "/v1/me/payout-account", account);
        self.stage.ask("201", request).await;
        trader
    }

    /// A trader who can pay.
    pub async fn buyer(&mut self, name: &str) -> Trader {
        let trader = self.trader(name).await;
        self.stage.fund(trader.id, PURSE).await;
        trader
    }

    /// The `funding` of an order that a new card of this trader pays.
    pub async fn card(&mut self, of: &Trader, auth_key: &str) -> Value {
        let body = json!({ "authKey": auth_key, "password": PASSWORD });
        let request = self.stage.post(of.id, "/v1/me/payment-methods", body);
        let made = self.stage.ask("201", request).await.json();
        json!({ "from": "card", "paymentMethodId": made["id"], "password": PASSWORD })
    }

    /// A path below the traded size.
    pub fn below(&self, what: &str) -> String {
        format!("/v1/catalog/{}/options/270/{what}", self.item)
    }

    pub fn ask(&self, by: &Trader, price: i64) -> Value {
        self.order(by, json!({ "side": "sell", "price": price }))
    }

    pub fn bid(&self, by: &Trader, price: i64, funding: &Value) -> Value {
        self.order(by, json!({ "side": "buy", "price": price, "funding": funding }))
    }

    /// The body of an order of 30 days, at a price that is meant.
    pub fn order(&self, by: &Trader, particulars: Value) -> Value {
        self.with(by, json!({ "expiresInDays": 30, "confirm": true }), particulars)
    }

    /// The body of an order that does not rest.
    pub fn at_once(&self, by: &Trader, limit: i64, funding: Option<&Value>) -> Value {
        let mut body = self.with(by, json!({ "limitPrice": limit }), json!({}));
        if let Some(funding) = funding {
            body["funding"] = funding.clone();
        }
        body
    }

    fn with(&self, by: &Trader, mut body: Value, particulars: Value) -> Value {
        body["itemId"] = json!(self.item);
        body["option"] = json!("270");
        body["addressId"] = by.address.clone();
        let Value::Object(particulars) = particulars else { panic!("{particulars}") };
        body.as_object_mut().unwrap().extend(particulars);
        body
    }

    /// Places an order, which rests or meets another as `outcome` says.
    pub async fn place(&mut self, outcome: &str, by: &Trader, body: Value) -> Value {
        let request = self.stage.post(by.id, "/v1/exchange/orders", body);
        self.placed(outcome, request).await
    }

    /// Sends a request for an order. What is written down is what happened.
    pub async fn placed(&mut self, outcome: &str, request: RequestBuilder) -> Value {
        let order = self.stage.ask(outcome, request).await.json();
        let due = match outcome {
            _ if outcome.contains(" rests") => json!("open"),
            _ if outcome.contains(" meets ") => json!("matched"),
            _ => order["state"].clone(),
        };
        assert_eq!(order["state"], due, "{outcome}: {order}");
        order
    }

    /// The path of the trade that an order has made.
    pub fn trade_of(order: &Value) -> String {
        format!("/v1/trades/{}", order["tradeId"].as_str().unwrap())
    }

    /// The state of something, as somebody reads it.
    pub async fn state(&mut self, who: &Trader, path: &str) -> Value {
        let request = self.stage.get(who.id, path);
        self.stage.ask("200", request).await.json()["state"].clone()
    }
}

pub fn wallet() -> Value {
    json!({ "from": "wallet" })
}
