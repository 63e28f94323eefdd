//! Traders on the exchange.

use domain::exchange::Side;
use serde_json::{Value, json};

use super::Actor;

/// How many days an order may rest.
const DAYS: &[i64] = &[1, 1, 3, 7];

/// What a trader does next.
#[derive(Clone, Copy)]
enum TraderStep {
    PlaceOrder,
    TakeAtOnce,
    CancelOrder,
    RepriceOrder,
    SeeToSales,
    SeeToPurchases,
    TopUp,
    Withdraw,
    ContestOrder,
    BidByCardAtOnce,
}

/// How often, each with its weight. The order decides what a seed plays.
const TRADER_STEPS: &[(u32, TraderStep)] = &[
    (24, TraderStep::PlaceOrder),
    (5, TraderStep::TakeAtOnce),
    (5, TraderStep::CancelOrder),
    (6, TraderStep::RepriceOrder),
    (12, TraderStep::SeeToSales),
    (12, TraderStep::SeeToPurchases),
    (2, TraderStep::TopUp),
    (1, TraderStep::Withdraw),
    (6, TraderStep::ContestOrder),
    (2, TraderStep::BidByCardAtOnce),
];

impl Actor {
    pub(super) async fn trade(&self) {
        match self.prng.weighted(TRADER_STEPS) {
            TraderStep::PlaceOrder => self.place().await,
            TraderStep::TakeAtOnce => self.take_at_once().await,
            TraderStep::CancelOrder => self.cancel_order().await,
            TraderStep::RepriceOrder => self.reprice_order().await,
            TraderStep::SeeToSales => self.see_to_sales().await,
            TraderStep::SeeToPurchases => self.see_to_purchases().await,
            TraderStep::TopUp => self.top_up().await,
            TraderStep::Withdraw => self.withdraw().await,
            TraderStep::ContestOrder => self.contest_order().await,
            TraderStep::BidByCardAtOnce => self.bid_by_card_at_once().await,
        }
    }

    /// From the wallet or, for some, by card.
    fn funding(&self) -> Value {
        match &self.person.card {
            Some(card) if self.prng.often(500) => card.clone(),
            _ => json!({ "from": "wallet" }),
        }
    }

    fn order(&self) -> Option<Value> {
        let item = self.prng.pick(&self.catalogue.items)?;
        Some(self.order_of(item))
    }

    fn order_of(&self, item: &str) -> Value {
        json!({ "itemId": item, "option": "270", "addressId": self.person.address })
    }

    async fn place(&self) {
        let Some(mut body) = self.order() else { return };
        body["price"] = json!(self.prng.between(90, 110) * 1_000);
        body["expiresInDays"] = json!(self.prng.pick(DAYS).unwrap());
        body["confirm"] = json!(true);
        if self.prng.often(500) {
            body["side"] = json!("sell");
        } else {
            body["side"] = json!("buy");
            body["funding"] = self.funding();
            body["buyAgain"] = json!(self.prng.often(200));
        }
        self.ordered("/v1/exchange/orders", body).await;
    }

    /// One of a crowd's orders, on an item of which little rests otherwise; its id.
    pub(super) async fn place_at(&self, side: Side, price: i64) -> Option<String> {
        let mut body = self.crowded_order(side, price);
        if side == Side::Buy {
            body["funding"] = self.funding();
        }
        self.ordered("/v1/exchange/orders", body).await
    }

    /// A bid there that a card is to pay.
    pub(super) async fn bid_by_card(&self, price: i64) -> Option<String> {
        let mut body = self.crowded_order(Side::Buy, price);
        body["funding"] = self.person.card.clone()?;
        self.ordered("/v1/exchange/orders", body).await
    }

    /// In thousands of won.
    fn crowded_order(&self, side: Side, price: i64) -> Value {
        let mut body = self.order_of(&self.catalogue.crowded);
        body["price"] = json!(price * 1_000);
        body["expiresInDays"] = json!(1);
        body["confirm"] = json!(true);
        body["side"] = json!(side.as_str());
        body
    }

    async fn take_at_once(&self) {
        let Some(mut body) = self.order() else { return };
        let path = if self.prng.often(500) {
            body["limitPrice"] = json!(self.prng.between(85, 105) * 1_000);
            "/v1/exchange/sell-now"
        } else {
            body["limitPrice"] = json!(self.prng.between(95, 115) * 1_000);
            body["funding"] = self.funding();
            "/v1/exchange/buy-now"
        };
        self.ordered(path, body).await;
    }

    async fn ordered(&self, path: &str, body: Value) -> Option<String> {
        let call = self.world.post(&self.person, path, body, &self.prng);
        let reply = self.world.ask(&call, &self.prng).await;
        let Some(order) = reply.success() else {
            self.world.history.count(&format!("order refused {}", reply.code()));
            return None;
        };
        self.world.history.count(&format!("orders {}", order["state"].as_str().unwrap_or("")));
        let id = order["id"].as_str().unwrap().to_owned();
        self.world.observations.borrow_mut().orders.push((self.person.id, id.clone()));
        Some(id)
    }

    /// An order that this trader placed, whatever has become of it.
    fn own_order(&self) -> Option<String> {
        let observations = self.world.observations.borrow();
        let mine: Vec<_> =
            observations.orders.iter().filter(|(who, _)| *who == self.person.id).collect();
        self.prng.pick(&mine).map(|(_, id)| id.clone())
    }

    /// Some mean it, and some are asked first.
    async fn reprice_order(&self) {
        let Some(id) = self.own_order() else { return };
        self.reprice(&id, self.prng.between(90, 110)).await;
    }

    /// In thousands of won.
    pub(super) async fn reprice(&self, id: &str, price: i64) {
        let body = json!({ "price": price * 1_000, "confirm": self.prng.often(800) });
        let path = format!("/v1/exchange/orders/{id}/price");
        let call = self.world.post(&self.person, &path, body, &self.prng);
        let reply = self.world.ask(&call, &self.prng).await;
        let told = match reply.success() {
            Some(order) => format!("orders repriced {}", order["state"].as_str().unwrap_or("")),
            None => format!("reprice refused {}", reply.code()),
        };
        self.world.history.count(&told);
    }

    async fn cancel_order(&self) {
        let Some(id) = self.own_order() else { return };
        self.take_back(&id).await;
    }

    pub(super) async fn take_back(&self, id: &str) {
        let path = format!("/v1/exchange/orders/{id}/cancel");
        let mut call = self.world.post(&self.person, &path, json!({}), &self.prng);
        call.body = None;
        if self.world.ask(&call, &self.prng).await.success().is_some() {
            self.world.history.count("orders cancelled");
        }
    }
}
