//! Sellers and bidders.

use kernel::{Clock as _, Span, UserId};
use serde_json::{Value, json};

use super::Actor;
use crate::{
    client::Reply,
    observations::{KnownAuction, TooLow},
    world::World,
};

/// What a seller does next.
#[derive(Clone, Copy)]
enum SellerStep {
    Offer,
    CallOff,
    SeeToSales,
    Withdraw,
    LookAround,
}

/// How often, each with its weight. The order decides what a seed plays.
const SELLER_STEPS: &[(u32, SellerStep)] = &[
    (8, SellerStep::Offer),
    (1, SellerStep::CallOff),
    (12, SellerStep::SeeToSales),
    (1, SellerStep::Withdraw),
    (1, SellerStep::LookAround),
];

/// What a bidder does next.
#[derive(Clone, Copy)]
enum BidderStep {
    Bid,
    BuyNow,
    SeeToPurchases,
    TopUp,
    Withdraw,
    CancelPayment,
    LookAround,
    LogOut,
}

const BIDDER_STEPS: &[(u32, BidderStep)] = &[
    (36, BidderStep::Bid),
    (3, BidderStep::BuyNow),
    (20, BidderStep::SeeToPurchases),
    (3, BidderStep::TopUp),
    (2, BidderStep::Withdraw),
    (2, BidderStep::CancelPayment),
    (2, BidderStep::LookAround),
    (5, BidderStep::LogOut),
];

impl Actor {
    pub(super) async fn sell(&self) {
        match self.prng.weighted(SELLER_STEPS) {
            SellerStep::Offer => self.offer().await,
            SellerStep::CallOff => self.call_off().await,
            SellerStep::SeeToSales => self.see_to_sales().await,
            SellerStep::Withdraw => self.withdraw().await,
            SellerStep::LookAround => self.look_at_auctions().await,
        }
    }

    pub(super) async fn buy(&self) {
        match self.prng.weighted(BIDDER_STEPS) {
            BidderStep::Bid => self.bid().await,
            BidderStep::BuyNow => self.buy_now().await,
            BidderStep::SeeToPurchases => self.see_to_purchases().await,
            BidderStep::TopUp => self.top_up().await,
            BidderStep::Withdraw => self.withdraw().await,
            BidderStep::CancelPayment => self.cancel_payment().await,
            BidderStep::LookAround => self.look_at_auctions().await,
            BidderStep::LogOut => self.log_out().await,
        }
    }

    pub(super) async fn offer(&self) {
        let prng = &self.prng;
        let start = prng.between(1, 40) * 1_000;
        // A long one is closed by a schedule, a short one by a message that waits.
        let (least, most) = if prng.often(300) { (900, 4_000) } else { (60, 900) };
        let mut body = json!({
            "title": format!("카메라 {}", prng.between(1, 99)),
            "startPrice": start,
            "durationSeconds": prng.between(least, most),
        });
        let mut buy_now = None;
        if prng.often(300) {
            body["reservePrice"] = json!(start + prng.between(1, 40) * 1_000);
        }
        if prng.often(300) {
            buy_now = Some(start + prng.between(50, 90) * 1_000);
            body["buyNowPrice"] = json!(buy_now);
        }
        let call = self.world.post(&self.person, "/v1/auctions", body, prng);
        let reply = self.world.ask(&call, prng).await;
        let Some(view) = reply.success() else { return };
        self.world.history.count("auctions offered");
        let known = KnownAuction {
            id: view["id"].as_str().unwrap().to_owned(),
            seller: self.person.id,
            ends_at: view["endsAt"].as_str().unwrap().parse().unwrap(),
            minimum: start,
            buy_now,
        };
        self.world.observations.borrow_mut().auctions.push(known);
    }

    /// One of the auctions that somebody knows of, rather one that is still open.
    pub(super) fn some_auction(&self) -> Option<KnownAuction> {
        let now = self.world.clock.now();
        let observations = self.world.observations.borrow();
        let open: Vec<_> = observations.auctions.iter().filter(|it| it.ends_at > now).collect();
        match self.prng.pick(&open) {
            Some(known) if !self.prng.often(30) => Some((*known).clone()),
            _ => self.prng.pick(&observations.auctions).cloned(),
        }
    }

    async fn bid(&self) {
        let Some(known) = self.some_auction() else { return };
        if self.prng.often(100) {
            self.snipe(&known).await;
        } else if self.prng.often(300) {
            self.look_at(&known).await;
        }
        self.offer_on(&known).await;
    }

    /// Bids about what was last heard to be the least.
    pub(super) async fn offer_on(&self, known: &KnownAuction) {
        let (world, prng) = (&self.world, &self.prng);
        let path = format!("/v1/auctions/{}/bids", known.id);
        let minimum = {
            let observations = world.observations.borrow();
            observations.auctions.iter().find(|it| it.id == known.id).map_or(1_000, |it| it.minimum)
        };
        let more = prng.between(-1, 4) * 1_000;
        let amount = (minimum + more).max(1);
        let mut body = json!({ "amount": amount });
        if prng.often(400) {
            body["maxAmount"] = json!(amount + prng.between(0, 30) * 1_000);
        }
        let call = world.post(&self.person, &path, body, prng);
        let reply = world.bid(&call, &known.id, prng).await;
        match reply.code() {
            "" if reply.success().is_some() => world.history.count("bids accepted"),
            "" => world.history.count("bids unanswered"),
            code => world.history.count(&format!("bid refused {code}")),
        }
        if let ("bid-too-low", Reply::Answer(_, body)) = (reply.code(), &reply) {
            let answered = world.tasks.steps();
            let (auction, minimum) = (known.id.clone(), body["minimumNextBid"].as_i64().unwrap());
            world.observations.borrow_mut().refused.push(TooLow { auction, minimum, answered });
        }
    }

    /// Waits for the last moment.
    async fn snipe(&self, known: &KnownAuction) {
        let now = self.world.clock.now();
        let left = known.ends_at.since(now);
        if known.ends_at > now && left < Span::minutes(6) {
            let early = self.prng.between(-5, 60);
            self.world.sleep(Span::millis((left.as_millis() - early).max(0))).await;
        }
    }

    async fn look_at(&self, known: &KnownAuction) {
        let call = World::get(&self.person, &format!("/v1/auctions/{}", known.id));
        let reply = self.world.send(&call).await;
        let Some(view) = reply.success() else { return };
        let mut observations = self.world.observations.borrow_mut();
        if let Some(known) = observations.auctions.iter_mut().find(|it| it.id == known.id) {
            known.minimum = view["minimumNextBid"].as_i64().unwrap_or(known.minimum);
            known.ends_at = view["endsAt"].as_str().unwrap().parse().unwrap();
        }
    }

    async fn buy_now(&self) {
        let Some(known) = self.some_auction().filter(|known| known.buy_now.is_some()) else {
            return;
        };
        let path = format!("/v1/auctions/{}/buy-now", known.id);
        let call = self.world.post(&self.person, &path, json!({}), &self.prng);
        let reply = self.world.bid(&call, &known.id, &self.prng).await;
        if reply.success().is_some() {
            self.world.history.count("bought now");
        }
    }

    async fn call_off(&self) {
        let Some(known) = self.known_by(self.person.id) else { return };
        self.cancel_auction(&known.id).await;
    }

    /// An end that is asked for, whatever comes of it.
    pub(super) async fn cancel_auction(&self, auction: &str) {
        self.world.observations.borrow_mut().cancels.insert((auction.to_owned(), self.person.id));
        let path = format!("/v1/auctions/{auction}/cancel");
        let body = json!({ "reason": "물건이 파손되었습니다" });
        let mut call = self.world.post(&self.person, &path, body, &self.prng);
        call.key = None;
        if self.world.ask(&call, &self.prng).await.success().is_some() {
            self.world.history.count("auctions cancelled");
        }
    }

    /// The newest one of a seller.
    pub(super) fn known_by(&self, seller: UserId) -> Option<KnownAuction> {
        let observations = self.world.observations.borrow();
        observations.auctions.iter().rev().find(|it| it.seller == seller).cloned()
    }

    async fn look_at_auctions(&self) {
        let path = *self.prng.pick(&["/v1/auctions", "/v1/me/bids", "/v1/notifications"]).unwrap();
        let reply = self.world.send(&World::get(&self.person, path)).await;
        let unread = reply.success().and_then(|page| page["items"].as_array()?.first().cloned());
        if let Some(Value::String(id)) = unread.map(|row| row["id"].clone())
            && path == "/v1/notifications"
        {
            let path = format!("/v1/notifications/{id}/read");
            let mut call = self.world.post(&self.person, &path, json!({}), &self.prng);
            (call.key, call.body) = (None, None);
            self.world.ask(&call, &self.prng).await;
        }
    }
}
