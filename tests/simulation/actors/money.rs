//! Money in and out: top-ups, payments of trades, withdrawals, and what the provider tells.

use serde_json::{Value, json};

use super::Actor;
use crate::{client::Reply, faults::Habit, people::USER, world::World};

impl Actor {
    pub(super) async fn top_up(&self) {
        let provider = *self.prng.pick(&["toss", "kakaopay"]).unwrap();
        let amount = self.prng.between(1, 300) * 1_000;
        let body = json!({ "amount": amount, "provider": provider });
        self.pay_through(provider, "/v1/wallet/top-ups", body).await;
    }

    /// Begins a payment, has the payer agree at the provider, and confirms it, or not.
    pub(super) async fn pay_through(&self, provider: &str, path: &str, body: Value) {
        let (world, prng) = (&self.world, &self.prng);
        let reply = world.ask(&world.post(&self.person, path, body, prng), prng).await;
        let Some(checkout) = reply.success() else { return };
        world.history.count("payments begun");
        let order = checkout["orderId"].as_str().unwrap().to_owned();
        let payment = checkout["payment"]["id"].as_str().unwrap().to_owned();
        let amount = checkout["payment"]["amount"].as_i64().unwrap();
        if prng.often(100) {
            // Closes the window.
            return;
        }
        let agreed = if provider == "toss" {
            world.observations.borrow_mut().toss_orders.push(order.clone());
            json!({ "paymentKey": world.providers.toss_pay(&order, amount), "amount": amount })
        } else {
            let Some(token) = world.providers.kakao_pay(&order) else { return };
            json!({ "pgToken": token })
        };
        if prng.often(100) {
            // Never comes back from the provider.
            return;
        }
        let path = format!("/v1/payments/{payment}/confirm");
        if prng.often(150) {
            return self.confirm_together(&path, &agreed, &order).await;
        }
        self.confirm(&path, agreed).await;
    }

    pub(super) async fn confirm(&self, path: &str, agreed: Value) {
        let confirm = self.world.post(&self.person, path, agreed, &self.prng);
        if let Reply::Answer(200, _) = self.world.ask(&confirm, &self.prng).await {
            self.world.history.count("payments confirmed");
        }
    }

    /// Has some of a top-up given back.
    pub(super) async fn cancel_payment(&self) {
        let Some(payment) = self.some_payment().await else { return };
        self.cancel_payment_of(&payment).await;
    }

    pub(super) async fn some_payment(&self) -> Option<Value> {
        let list = World::get(&self.person, "/v1/payments");
        let reply = self.world.send(&list).await;
        let items = reply.success().and_then(|page| page["items"].as_array().cloned());
        let items = items.unwrap_or_default();
        let done: Vec<_> = items.iter().filter(|it| it["status"] == "done").collect();
        self.prng.pick(&done).map(|payment| (*payment).clone())
    }

    pub(super) async fn cancel_payment_of(&self, payment: &Value) {
        let path = format!("/v1/payments/{}/cancel", payment["id"].as_str().unwrap());
        let mut body = json!({ "reason": "충전 취소" });
        if self.prng.often(500) {
            let amount = payment["amount"].as_i64().unwrap_or(1);
            body["amount"] = json!(self.prng.between(1, amount));
        }
        let call = self.world.post(&self.person, &path, body, &self.prng);
        if self.world.ask(&call, &self.prng).await.success().is_some() {
            self.world.history.count("payments given back");
        }
    }

    pub(super) async fn withdraw(&self) {
        let body = json!({ "amount": self.prng.between(1, 200) * 1_000 });
        let call = self.world.post(&self.person, "/v1/wallet/withdrawals", body, &self.prng);
        if self.world.ask(&call, &self.prng).await.success().is_some() {
            self.world.history.count("withdrawals asked");
        }
    }

    /// A webhook of Toss about a payment: any, once or several times, true or not.
    pub(super) async fn send_webhooks(&self) {
        let order = {
            let observations = self.world.observations.borrow();
            self.prng.pick(&observations.toss_orders).cloned()
        };
        let Some(order) = order else { return };
        self.send_webhooks_of(&order).await;
    }

    pub(super) async fn send_webhooks_of(&self, order: &str) {
        let status = *self.prng.pick(&["DONE", "CANCELED", "EXPIRED", "IN_PROGRESS"]).unwrap();
        let body = json!({
            "eventType": "PAYMENT_STATUS_CHANGED",
            "createdAt": "2026-11-21T00:00:00.000000",
            "data": { "orderId": order, "status": status, "paymentKey": "whatever" },
        });
        let mut call = self.world.post(&self.person, "/v1/webhooks/toss", body, &self.prng);
        (call.key, call.roles) = (None, USER);
        for number in 0..self.prng.between(1, 3) {
            if number > 0 {
                self.world.history.notice(Habit::WebhookRepeated);
            }
            self.world.send(&call).await;
            self.world.history.count("webhooks");
        }
    }
}
