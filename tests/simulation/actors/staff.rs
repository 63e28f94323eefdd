//! Inspectors and admins.

use gateway::fake::ParcelStep;
use serde_json::{Value, json};

use super::{
    Actor,
    trades::{parcel, trades},
};

/// States in which the centre has something to do.
const AT_THE_CENTRE: &[&str] = &["in_transit", "in_transit", "inspecting", "forwarding"];

/// What an admin does next.
#[derive(Clone, Copy)]
enum AdminStep {
    VoidBid,
    CancelTrade,
    CancelAuction,
    DeliverTrade,
    DecideDispute,
}

/// How often, each with its weight. The order decides what a seed plays.
const ADMIN_STEPS: &[(u32, AdminStep)] = &[
    (3, AdminStep::VoidBid),
    (1, AdminStep::CancelTrade),
    (1, AdminStep::CancelAuction),
    (1, AdminStep::DeliverTrade),
    (3, AdminStep::DecideDispute),
];

impl Actor {
    pub(super) async fn inspect(&self) {
        let state = *self.prng.pick(AT_THE_CENTRE).unwrap();
        let path = format!("/v1/trades?role=inspector&state={state}");
        let here = trades(self, &self.person, &path).await;
        let Some(trade) = self.prng.pick(&here) else { return };
        match trade["state"].as_str().unwrap() {
            "in_transit" => self.step(trade, "receive", json!({})).await,
            "inspecting" => {
                let grade = self.prng.weighted(&[
                    (6, "pass"),
                    (3, "pass_at_95"),
                    (1, "mismatch"),
                    (1, "counterfeit"),
                ]);
                let body = json!({
                    "grade": grade, "checklistVersion": 3, "notes": "밑창에 작은 오염",
                    "photos": ["inspection/front.jpg"],
                });
                self.step(trade, "inspection", body).await;
            }
            "forwarding" => {
                self.step(trade, "forward", parcel(trade, "forward")).await;
                self.carry(trade, "forward", ParcelStep::PickUp).await;
            }
            _ => {}
        }
    }

    pub(super) async fn administer(&self) {
        match self.prng.weighted(ADMIN_STEPS) {
            AdminStep::VoidBid => self.void_bid().await,
            AdminStep::CancelTrade => self.decide_any_trade("cancel").await,
            AdminStep::DeliverTrade => self.decide_any_trade("deliver").await,
            AdminStep::CancelAuction => self.cancel_any_auction().await,
            AdminStep::DecideDispute => self.decide_dispute().await,
        }
    }

    async fn void_bid(&self) {
        let bid = {
            let observations = self.world.observations.borrow();
            self.prng.pick(&observations.bids).cloned()
        };
        let Some((auction, bid)) = bid else { return };
        self.void(&auction, &bid).await;
    }

    /// The bid of an auction that was heard of last.
    pub(super) async fn void_newest_bid(&self, auction: &str) {
        let bid = {
            let observations = self.world.observations.borrow();
            let mut bids = observations.bids.iter().rev();
            bids.find(|(of, _)| of == auction).map(|(_, bid)| bid.clone())
        };
        let Some(bid) = bid else { return };
        self.void(auction, &bid).await;
    }

    async fn void(&self, auction: &str, bid: &str) {
        let path = format!("/v1/auctions/{auction}/bids/{bid}/void");
        let mut call = self.world.post(&self.person, &path, json!({}), &self.prng);
        (call.key, call.body) = (None, None);
        if self.world.ask(&call, &self.prng).await.success().is_some() {
            self.world.history.count("bids voided");
        }
    }

    /// Cancels somebody's trade, or says that its goods have arrived.
    async fn decide_any_trade(&self, verb: &str) {
        let user = {
            let observations = self.world.observations.borrow();
            self.prng.pick(&observations.promises).map(|promise| promise.bidder)
        };
        let Some(user) = user else { return };
        let path = format!("/v1/users/{user}/trades?role=buyer");
        let found = trades(self, &self.person, &path).await;
        if let Some(trade) = self.prng.pick(&found) {
            self.step(trade, verb, json!({ "reason": "신고" })).await;
        }
    }

    /// The oldest disputes come first.
    async fn decide_dispute(&self) {
        let state = if self.prng.often(700) { "disputed" } else { "returning" };
        let open = trades(self, &self.person, &format!("/v1/admin/trades?state={state}")).await;
        let Some(trade) = self.prng.pick(&open) else { return };
        let verdict = *self.prng.pick(&["complete", "return", "return", "refund"]).unwrap();
        self.rule(trade, verdict).await;
    }

    /// A dispute's end, as far as an admin has it.
    pub(super) async fn rule(&self, trade: &Value, verdict: &str) {
        let mut body = json!({ "verdict": verdict, "reason": "사진과 다른 제품입니다" });
        if verdict == "return" {
            body["freight"] = json!("seller");
        }
        self.step(trade, "dispute/ruling", body).await;
    }

    async fn cancel_any_auction(&self) {
        let auction = {
            let observations = self.world.observations.borrow();
            self.prng.pick(&observations.auctions).map(|known| known.id.clone())
        };
        let Some(auction) = auction else { return };
        self.cancel_auction(&auction).await;
    }
}
