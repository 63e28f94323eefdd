//! Traders on the exchange.

use serde_json::{Value, json};

use super::Actor;

/// How many days an order may rest.
const DAYS: &[i64] = &[1, 1, 3, 7];

impl Actor {
    pub(super) async fn trade(&self) {
        let what = self.dice.weighted(&[(24, 0), (5, 1), (5, 2), (12, 3), (12, 4), (2, 5), (1, 6)]);
        match what {
            0 => self.place().await,
            1 => self.take_at_once().await,
            2 => self.take_back().await,
            3 => self.see_to_sales().await,
            4 => self.see_to_purchases().await,
            5 => self.top_up().await,
            _ => self.withdraw().await,
        }
    }

    /// From the wallet or, for some, by card.
    fn funding(&self) -> Value {
        match &self.person.card {
            Some(card) if self.dice.often(500) => card.clone(),
            _ => json!({ "from": "wallet" }),
        }
    }

    fn order(&self) -> Option<Value> {
        let item = self.dice.pick(&self.catalogue.items)?;
        Some(self.order_of(item))
    }

    fn order_of(&self, item: &str) -> Value {
        json!({ "itemId": item, "option": "270", "addressId": self.person.address })
    }

    async fn place(&self) {
        let Some(mut body) = self.order() else { return };
        body["price"] = json!(self.dice.between(90, 110) * 1_000);
        body["expiresInDays"] = json!(self.dice.pick(DAYS).unwrap());
        if self.dice.often(500) {
            body["side"] = json!("sell");
        } else {
            body["side"] = json!("buy");
            body["funding"] = self.funding();
            body["buyAgain"] = json!(self.dice.often(200));
        }
        self.ordered("/v1/exchange/orders", body).await;
    }

    /// One of a crowd's orders, on an item of which little rests otherwise.
    pub(super) async fn place_at(&self, sells: bool, price: i64) {
        let mut body = self.order_of(&self.catalogue.crowded);
        body["price"] = json!(price * 1_000);
        body["expiresInDays"] = json!(1);
        body["side"] = json!(if sells { "sell" } else { "buy" });
        if !sells {
            body["funding"] = self.funding();
        }
        self.ordered("/v1/exchange/orders", body).await;
    }

    async fn take_at_once(&self) {
        let Some(mut body) = self.order() else { return };
        let path = if self.dice.often(500) {
            body["limitPrice"] = json!(self.dice.between(85, 105) * 1_000);
            "/v1/exchange/sell-now"
        } else {
            body["limitPrice"] = json!(self.dice.between(95, 115) * 1_000);
            body["funding"] = self.funding();
            "/v1/exchange/buy-now"
        };
        self.ordered(path, body).await;
    }

    async fn ordered(&self, path: &str, body: Value) {
        let call = self.world.post(&self.person, path, body, &self.dice);
        let reply = self.world.ask(&call, &self.dice).await;
        let Some(order) = reply.success() else {
            self.world.tally.count(&format!("order refused {}", reply.code()));
            return;
        };
        self.world.tally.count(&format!("orders {}", order["state"].as_str().unwrap_or("")));
        let id = order["id"].as_str().unwrap().to_owned();
        self.world.notes.borrow_mut().orders.push((self.person.id, id));
    }

    async fn take_back(&self) {
        let mine = {
            let notes = self.world.notes.borrow();
            let mine: Vec<_> =
                notes.orders.iter().filter(|(who, _)| *who == self.person.id).collect();
            self.dice.pick(&mine).map(|(_, id)| id.clone())
        };
        let Some(id) = mine else { return };
        let path = format!("/v1/exchange/orders/{id}/cancel");
        let mut call = self.world.post(&self.person, &path, json!({}), &self.dice);
        call.body = None;
        if self.world.ask(&call, &self.dice).await.success().is_some() {
            self.world.tally.count("orders cancelled");
        }
    }
}
