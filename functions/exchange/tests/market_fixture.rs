//! What the tests of the views share: what the market is said to look like, and who is told.

use domain::exchange::Instrument;
use events::{Envelope, Event, ExchangeFacts, PriceReached, TradeFacts, TradeMoved, TradeStep};
use kernel::{CatalogItemId, Id, Instant, TradeId, Won};
use serde_json::{Value, json};
use store::{Item, ItemReader, Table};
use testkit::Reply;
use uuid::Uuid;

use crate::tests::fixture::{Floor, Trader};

impl Floor {
    pub fn item_id(&self) -> CatalogItemId {
        self.item.parse().unwrap()
    }

    /// Size 270.
    pub fn instrument(&self) -> Instrument {
        Instrument { item: self.item_id(), option: "270".parse().unwrap() }
    }

    /// The answer to a GET below the instrument's path.
    pub async fn view(&self, below: &str) -> Reply {
        self.get(&format!("/v1/catalog/{}/options/270/{below}", self.item)).send().await
    }

    /// What is said of size 270.
    pub async fn prices(&self) -> Value {
        let prices = self.get(&format!("/v1/catalog/{}/prices", self.item)).send().await;
        prices.expect(200).json()["options"][0].clone()
    }

    /// Lowest ask and highest bid.
    pub async fn best(&self) -> (Option<i64>, Option<i64>) {
        let prices = self.prices().await;
        (prices["lowestAsk"].as_i64(), prices["highestBid"].as_i64())
    }

    /// Prices and how many orders rest there, best first.
    pub async fn depth(&self, side: &str) -> Vec<(i64, i64)> {
        let page = self.view(&format!("depth?side={side}&limit=100")).await.expect(200).json();
        assert_eq!(page["nextCursor"], Value::Null);
        let level =
            |level: &Value| (level["price"].as_i64().unwrap(), level["count"].as_i64().unwrap());
        page["items"].as_array().unwrap().iter().map(level).collect()
    }

    /// That trade `number` of size 270 went a step on.
    pub fn step(&self, number: u128, price: i64, step: TradeStep, at: Instant) -> Envelope {
        let exchange = ExchangeFacts {
            item_id: self.item_id(),
            option: "270".to_owned(),
            buy_order_id: Id::from_uuid(Uuid::from_u128(3)),
            sell_order_id: Id::from_uuid(Uuid::from_u128(4)),
            rebuy_if_failed: false,
        };
        let trade = TradeFacts {
            trade_id: TradeId::from_uuid(Uuid::from_u128(0xd000 + number)),
            auction_id: None,
            exchange: Some(exchange),
            round: 0,
            seller_id: Id::from_uuid(Uuid::from_u128(1)),
            buyer_id: Id::from_uuid(Uuid::from_u128(2)),
            title: "에어 조던 1 270".to_owned(),
            price: Won::constant(price),
        };
        let id = Uuid::from_u128(0xe000 + number);
        Envelope::new(id, at, &TradeMoved { trade, step, until: None })
    }

    /// That trade `number` of size 270 was paid.
    pub fn paid(&self, number: u128, price: i64, at: Instant) -> Envelope {
        self.step(number, price, TradeStep::Paid, at)
    }

    pub async fn alert(&self, who: &Trader, price: i64) -> Reply {
        let body = json!({ "itemId": self.item, "option": "270", "price": price });
        self.post("/v1/exchange/alerts").bearer(&self.token_of(who)).json(body).send().await
    }

    pub async fn delete_alert(&self, who: &Trader, price: i64) -> Reply {
        let path = format!("/v1/exchange/alerts/{}/270/{price}", self.item);
        self.delete(&path).bearer(&self.token_of(who)).send().await
    }

    /// The prices that somebody waits for, newest first.
    pub async fn waiting(&self, who: &Trader) -> Vec<i64> {
        let request = self.get("/v1/exchange/alerts?limit=100").bearer(&self.token_of(who));
        let page = request.send().await.expect(200).json();
        let alerts = page["items"].as_array().unwrap();
        alerts.iter().map(|alert| alert["price"].as_i64().unwrap()).collect()
    }

    /// Every event of a kind that was ever written down.
    pub async fn events<E: Event>(&self) -> Vec<E> {
        let rows = self.rows().await;
        let envelopes = rows.table(Table::Outbox).iter().map(envelope);
        let of_kind = envelopes.filter(|envelope| envelope.kind == E::KIND);
        of_kind.map(|envelope| envelope.open().unwrap()).collect()
    }

    /// Who was told of which price (their own), sorted.
    pub async fn told(&self) -> Vec<(String, i64, i64)> {
        let told = self.events::<PriceReached>().await.into_iter();
        let mut told: Vec<_> = told
            .map(|told| (told.user_id.to_string(), told.wanted.get(), told.price.get()))
            .collect();
        told.sort();
        told
    }
}

fn envelope(row: &Item) -> Envelope {
    serde_json::from_str(ItemReader(row).text("envelope").unwrap()).unwrap()
}
