//! What buyers and sellers do about their trades.

use gateway::fake::ParcelStep;
use kernel::TradeId;
use serde_json::{Value, json};

use super::Actor;
use crate::{people::USER, person::Person, world::World};

/// Of a thousand times that somebody sees to a trade, how often others do at the same time.
const QUARRELS: u32 = 150;

/// What a buyer does about a trade that is to be paid.
#[derive(Clone, Copy)]
enum PaymentStep {
    Wallet,
    /// The same, for goods that are handed over in person.
    ToMeet,
    Provider,
    Cancel,
    Decline,
    Nothing,
}

/// How often, each with its weight. The order decides what a seed plays.
const PAYMENT_STEPS: &[(u32, PaymentStep)] = &[
    (5, PaymentStep::Wallet),
    (2, PaymentStep::ToMeet),
    (6, PaymentStep::Provider),
    (1, PaymentStep::Cancel),
    (1, PaymentStep::Decline),
    (2, PaymentStep::Nothing),
];

/// What becomes next of a parcel that its carrier has, each with its weight. The order decides what
/// a seed plays.
const PARCEL_STEPS: &[(u32, ParcelStep)] = &[
    (2, ParcelStep::Move),
    (1, ParcelStep::Miss),
    (8, ParcelStep::Deliver),
    (1, ParcelStep::Lose),
    (1, ParcelStep::Return),
];
/// Of a thousand times that a buyer looks at what was sent, how often it is complained of.
const COMPLAINTS: u32 = 600;

/// What a side of a dispute does.
#[derive(Clone, Copy)]
enum Argument {
    Say,
    Offer,
    Accept,
}

/// How a complaint goes on.
#[derive(Clone, Copy)]
enum Ending {
    Agreed,
    Returned,
    Open,
}

/// How often, each with its weight. The order decides what a seed plays.
const ENDINGS: &[(u32, Ending)] = &[(2, Ending::Agreed), (4, Ending::Returned), (2, Ending::Open)];

/// How often, each with its weight. The order decides what a seed plays.
const ARGUMENTS: &[(u32, Argument)] =
    &[(2, Argument::Say), (3, Argument::Offer), (2, Argument::Accept)];

/// Of a thousand meetings, at how many the seller has no code.
const GUESSES: u32 = 250;
/// Of a thousand notices of a carrier, how many are lost.
const NOTICES_LOST: u32 = 200;

/// A parcel of a trade, of a number of its own: one to the buyer or the centre (`ship`), one from
/// the centre (`forward`), one back from the buyer (`send-back`).
pub(super) fn parcel(trade: &Value, verb: &str) -> Value {
    let trade: TradeId = trade["id"].as_str().unwrap().parse().unwrap();
    let first = match verb {
        "ship" => 1,
        "forward" => 2,
        _ => 3,
    };
    let number = format!("{first}{:011}", trade.uuid().as_u128() % 100_000_000_000);
    json!({ "carrier": "kr.cjlogistics", "trackingNumber": number })
}

/// The trades on a page.
pub(super) async fn trades(actor: &Actor, person: &Person, path: &str) -> Vec<Value> {
    let reply = actor.world.send(&World::get(person, path)).await;
    let items = reply.success().and_then(|page| page["items"].as_array().cloned());
    items.unwrap_or_default()
}

pub(super) fn is_over(trade: &Value) -> bool {
    trade["state"] == "completed" || trade["state"] == "cancelled"
}

impl Actor {
    /// A step of a trade.
    pub(super) async fn step(&self, trade: &Value, verb: &str, body: Value) {
        let path = format!("/v1/trades/{}/{verb}", trade["id"].as_str().unwrap());
        let call = self.world.post(&self.person, &path, body, &self.prng);
        if self.world.ask(&call, &self.prng).await.success().is_some() {
            self.world.history.count(&format!("trade {verb}"));
        }
    }

    /// Something happens to a parcel of a trade. Whoever watches it is told, or not.
    pub(super) async fn carry(&self, trade: &Value, verb: &str, step: ParcelStep) {
        let parcel = parcel(trade, verb);
        let text = |name: &str| parcel[name].as_str().unwrap();
        let parcels = self.world.providers.parcels();
        parcels.step(text("carrier"), text("trackingNumber"), step);
        self.world.history.count("parcels moved");
        for notice in parcels.take_notices() {
            if self.prng.often(NOTICES_LOST) {
                continue;
            }
            let (_, path) = notice.url.split_once("/v1/").unwrap();
            let body = json!({ "carrierId": notice.carrier, "trackingNumber": notice.number });
            let path = format!("/v1/{path}");
            let mut call = self.world.post(&self.person, &path, body, &self.prng);
            (call.key, call.roles) = (None, USER);
            self.world.send(&call).await;
            self.world.history.count("carrier notices");
        }
    }

    /// What its carrier does next with a parcel that was sent off.
    async fn carry_on(&self, trade: &Value, verb: &str, parcel: &str) {
        let step = match trade[parcel]["scannedAt"].is_null() {
            true => ParcelStep::PickUp,
            false => self.prng.weighted(PARCEL_STEPS),
        };
        self.carry(trade, verb, step).await;
    }

    pub(super) async fn see_to_sales(&self) {
        let mine = trades(self, &self.person, "/v1/trades?role=seller").await;
        let mine: Vec<_> = mine.into_iter().filter(|trade| !is_over(trade)).collect();
        let Some(trade) = self.prng.pick(&mine) else { return };
        if self.prng.often(QUARRELS) {
            return self.quarrel_over(trade).await;
        }
        let direct = trade["variant"] == "direct";
        match trade["state"].as_str().unwrap() {
            "awaiting_shipment" if self.prng.often(80) => {
                self.step(trade, "cancel", json!({ "reason": "변심" })).await;
            }
            "awaiting_shipment" if trade["inPerson"] == true => self.meet(trade).await,
            "awaiting_shipment" if self.prng.often(850) => {
                self.step(trade, "ship", parcel(trade, "ship")).await;
            }
            "awaiting_payment" if self.prng.often(30) => {
                self.step(trade, "cancel", json!({ "reason": "변심" })).await;
            }
            "disputed" => self.argue(trade, "buyer").await,
            "returning" if self.prng.often(700) => {
                self.carry_on(trade, "send-back", "goingBack").await;
            }
            "returning" => self.step(trade, "objection", json!({ "text": "벽돌입니다" })).await,
            // To the centre it goes fast.
            "in_transit" if direct || self.prng.often(300) => {
                self.carry_on(trade, "ship", "shipment").await;
            }
            _ => {}
        }
    }

    pub(super) async fn see_to_purchases(&self) {
        let mine = trades(self, &self.person, "/v1/trades?role=buyer").await;
        let mine: Vec<_> = mine.into_iter().filter(|trade| !is_over(trade)).collect();
        let Some(trade) = self.prng.pick(&mine) else { return };
        if self.prng.often(QUARRELS) {
            return self.quarrel_over(trade).await;
        }
        match trade["state"].as_str().unwrap() {
            "awaiting_payment" if trade["source"] == "auction" => self.pay(trade).await,
            "awaiting_shipment" if trade["inPerson"] == true && self.prng.often(200) => {
                self.step(trade, "handover-code/renew", json!({})).await;
            }
            "awaiting_consent" if self.prng.often(500) => {
                self.step(trade, "consent", json!({})).await;
            }
            "awaiting_consent" if self.prng.often(500) => {
                self.step(trade, "consent-refusal", json!({})).await;
            }
            "forwarding" if self.prng.often(500) => {
                self.carry_on(trade, "forward", "forwarding").await;
            }
            "in_transit" if trade["variant"] == "direct" && self.prng.often(300) => {
                self.carry_on(trade, "ship", "shipment").await;
            }
            "in_transit" | "delivered" if self.prng.often(COMPLAINTS) => {
                self.complain(trade).await;
                if self.prng.often(700) {
                    self.fall_out(trade).await;
                }
            }
            "disputed" => self.argue(trade, "seller").await,
            "awaiting_return" if self.prng.often(800) => {
                self.step(trade, "send-back", parcel(trade, "send-back")).await;
                if self.prng.often(800) {
                    self.carry(trade, "send-back", ParcelStep::PickUp).await;
                }
            }
            "in_transit" | "forwarding" | "delivered" if self.prng.often(600) => {
                self.step(trade, "confirm", json!({})).await;
            }
            _ => {}
        }
    }

    pub(super) async fn complain(&self, trade: &Value) {
        let complaint = *self.prng.pick(&["damaged", "not_arrived", "other"]).unwrap();
        let body = json!({ "complaint": complaint, "text": "상자가 비어 있습니다" });
        self.step(trade, "dispute", body).await;
    }

    /// What follows a complaint at once, where nothing comes between.
    async fn fall_out(&self, trade: &Value) {
        let seller = self.who(trade["sellerId"].as_str().unwrap().parse().unwrap());
        let price = trade["price"].as_i64().unwrap();
        match self.prng.weighted(ENDINGS) {
            Ending::Agreed => {
                let amount = json!({ "amount": price / self.prng.between(2, 9) });
                seller.step(trade, "dispute/refund-offers", amount.clone()).await;
                self.step(trade, "dispute/refund", amount).await;
            }
            Ending::Returned => {
                self.admin().rule(trade, "return").await;
                self.step(trade, "send-back", parcel(trade, "send-back")).await;
                self.carry(trade, "send-back", ParcelStep::PickUp).await;
                let end = self.prng.weighted(PARCEL_STEPS);
                self.carry(trade, "send-back", end).await;
                if self.prng.often(400) {
                    seller.step(trade, "objection", json!({ "text": "벽돌입니다" })).await;
                    let verdict = if self.prng.often(500) { "refund" } else { "complete" };
                    self.admin().rule(trade, verdict).await;
                }
            }
            Ending::Open => {}
        }
    }

    /// One side of a dispute says something, or comes towards `other`.
    async fn argue(&self, trade: &Value, other: &str) {
        let offer = &trade["dispute"]["offer"];
        match self.prng.weighted(ARGUMENTS) {
            Argument::Accept if offer["by"] == other => {
                let body = json!({ "amount": offer["amount"] });
                self.step(trade, "dispute/refund", body).await;
            }
            Argument::Accept | Argument::Offer => {
                let price = trade["price"].as_i64().unwrap();
                let body = json!({ "amount": price / self.prng.between(2, 9) });
                self.step(trade, "dispute/refund-offers", body).await;
            }
            Argument::Say => {
                let body = json!({ "text": "봉인한 사진이 있습니다" });
                self.step(trade, "dispute/statements", body).await;
            }
        }
    }

    /// Meets the buyer, who shows the code. Some guess it instead, or enter one that was renewed.
    async fn meet(&self, trade: &Value) {
        if self.prng.often(GUESSES) {
            return self.guess(trade).await;
        }
        let buyer = self.who(trade["buyerId"].as_str().unwrap().parse().unwrap());
        let path = format!("/v1/trades/{}/handover-code", trade["id"].as_str().unwrap());
        let shown = self.world.send(&World::get(&buyer.person, &path)).await;
        if let Some(view) = shown.success() {
            self.step(trade, "hand-over", json!({ "code": view["code"] })).await;
        }
    }

    /// Enters a code that nobody showed.
    pub(super) async fn guess(&self, trade: &Value) {
        let code = format!("{:06}", self.prng.below(1_000_000));
        self.step(trade, "hand-over", json!({ "code": code })).await;
        self.world.history.count("codes guessed");
    }

    async fn pay(&self, trade: &Value) {
        let with = json!({ "addressId": self.person.address });
        let path = format!("/v1/trades/{}/payments", trade["id"].as_str().unwrap());
        match self.prng.weighted(PAYMENT_STEPS) {
            PaymentStep::Wallet => self.step(trade, "pay", with).await,
            PaymentStep::ToMeet => self.step(trade, "pay", json!({ "inPerson": true })).await,
            PaymentStep::Provider => {
                let provider = *self.prng.pick(&["toss", "kakaopay"]).unwrap();
                let body = json!({ "provider": provider, "addressId": self.person.address });
                self.pay_through(provider, &path, body).await;
            }
            PaymentStep::Cancel => self.step(trade, "cancel", json!({ "reason": "변심" })).await,
            PaymentStep::Decline => self.step(trade, "decline", json!({})).await,
            PaymentStep::Nothing => {}
        }
    }
}
