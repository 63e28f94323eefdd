//! Sellers and bidders.

use kernel::{Clock as _, Span, UserId};
use serde_json::{Value, json};

use super::Actor;
use crate::{
    client::Reply,
    notes::{KnownAuction, TooLow},
    world::World,
};

impl Actor {
    pub(super) async fn sell(&self) {
        let what = self.dice.weighted(&[(8, 0), (1, 1), (12, 2), (1, 3), (1, 4)]);
        match what {
            0 => self.offer().await,
            1 => self.call_off().await,
            2 => self.see_to_sales().await,
            3 => self.withdraw().await,
            _ => self.look_at_auctions().await,
        }
    }

    pub(super) async fn buy(&self) {
        let what = self.dice.weighted(&[(36, 0), (3, 1), (20, 2), (3, 3), (2, 4), (2, 5), (2, 6)]);
        match what {
            0 => self.bid().await,
            1 => self.buy_now().await,
            2 => self.see_to_purchases().await,
            3 => self.top_up().await,
            4 => self.withdraw().await,
            5 => self.give_back().await,
            _ => self.look_at_auctions().await,
        }
    }

    pub(super) async fn offer(&self) {
        let dice = &self.dice;
        let start = dice.between(1, 40) * 1_000;
        // A long one is closed by a schedule, a short one by a message that waits.
        let (least, most) = if dice.often(300) { (900, 4_000) } else { (60, 900) };
        let mut body = json!({
            "title": format!("카메라 {}", dice.between(1, 99)),
            "startPrice": start,
            "durationSeconds": dice.between(least, most),
        });
        let mut buy_now = None;
        if dice.often(300) {
            body["reservePrice"] = json!(start + dice.between(1, 40) * 1_000);
        }
        if dice.often(300) {
            buy_now = Some(start + dice.between(50, 90) * 1_000);
            body["buyNowPrice"] = json!(buy_now);
        }
        let call = self.world.post(&self.person, "/v1/auctions", body, dice);
        let reply = self.world.ask(&call, dice).await;
        let Some(view) = reply.success() else { return };
        self.world.tally.count("auctions offered");
        let known = KnownAuction {
            id: view["id"].as_str().unwrap().to_owned(),
            seller: self.person.id,
            ends_at: view["endsAt"].as_str().unwrap().parse().unwrap(),
            minimum: start,
            buy_now,
        };
        self.world.notes.borrow_mut().auctions.push(known);
    }

    /// One of the auctions that somebody knows of, rather one that is still open.
    pub(super) fn some_auction(&self) -> Option<KnownAuction> {
        let now = self.world.clock.now();
        let notes = self.world.notes.borrow();
        let open: Vec<_> = notes.auctions.iter().filter(|it| it.ends_at > now).collect();
        match self.dice.pick(&open) {
            Some(known) if !self.dice.often(30) => Some((*known).clone()),
            _ => self.dice.pick(&notes.auctions).cloned(),
        }
    }

    async fn bid(&self) {
        let Some(known) = self.some_auction() else { return };
        if self.dice.often(100) {
            self.snipe(&known).await;
        } else if self.dice.often(300) {
            self.look_at(&known).await;
        }
        self.offer_on(&known).await;
    }

    /// Bids about what was last heard to be the least.
    pub(super) async fn offer_on(&self, known: &KnownAuction) {
        let (world, dice) = (&self.world, &self.dice);
        let path = format!("/v1/auctions/{}/bids", known.id);
        let minimum = {
            let notes = world.notes.borrow();
            notes.auctions.iter().find(|it| it.id == known.id).map_or(1_000, |it| it.minimum)
        };
        let more = dice.between(-1, 4) * 1_000;
        let amount = (minimum + more).max(1);
        let mut body = json!({ "amount": amount });
        if dice.often(400) {
            body["maxAmount"] = json!(amount + dice.between(0, 30) * 1_000);
        }
        let call = world.post(&self.person, &path, body, dice);
        let reply = world.bid(&call, &known.id, dice).await;
        match reply.code() {
            "" if reply.success().is_some() => world.tally.count("bids accepted"),
            "" => world.tally.count("bids unanswered"),
            code => world.tally.count(&format!("bid refused {code}")),
        }
        if let ("bid-too-low", Reply::Answer(_, body)) = (reply.code(), &reply) {
            let answered = world.tasks.steps();
            let (auction, minimum) = (known.id.clone(), body["minimumNextBid"].as_i64().unwrap());
            world.notes.borrow_mut().refused.push(TooLow { auction, minimum, answered });
        }
    }

    /// Waits for the last moment.
    async fn snipe(&self, known: &KnownAuction) {
        let now = self.world.clock.now();
        let left = known.ends_at.since(now);
        if known.ends_at > now && left < Span::minutes(6) {
            let early = self.dice.between(-5, 60);
            self.world.sleep(Span::millis((left.as_millis() - early).max(0))).await;
        }
    }

    async fn look_at(&self, known: &KnownAuction) {
        let call = World::get(&self.person, &format!("/v1/auctions/{}", known.id));
        let reply = self.world.send(&call).await;
        let Some(view) = reply.success() else { return };
        let mut notes = self.world.notes.borrow_mut();
        if let Some(known) = notes.auctions.iter_mut().find(|it| it.id == known.id) {
            known.minimum = view["minimumNextBid"].as_i64().unwrap_or(known.minimum);
            known.ends_at = view["endsAt"].as_str().unwrap().parse().unwrap();
        }
    }

    async fn buy_now(&self) {
        let Some(known) = self.some_auction().filter(|known| known.buy_now.is_some()) else {
            return;
        };
        let path = format!("/v1/auctions/{}/buy-now", known.id);
        let call = self.world.post(&self.person, &path, json!({}), &self.dice);
        let reply = self.world.bid(&call, &known.id, &self.dice).await;
        if reply.success().is_some() {
            self.world.tally.count("bought now");
        }
    }

    async fn call_off(&self) {
        let Some(known) = self.known_by(self.person.id) else { return };
        self.cancel_auction(&known.id).await;
    }

    /// An end that is asked for, whatever comes of it.
    pub(super) async fn cancel_auction(&self, auction: &str) {
        self.world.notes.borrow_mut().cancels.insert((auction.to_owned(), self.person.id));
        let path = format!("/v1/auctions/{auction}/cancel");
        let body = json!({ "reason": "물건이 파손되었습니다" });
        let mut call = self.world.post(&self.person, &path, body, &self.dice);
        call.key = None;
        if self.world.ask(&call, &self.dice).await.success().is_some() {
            self.world.tally.count("auctions cancelled");
        }
    }

    /// The newest one of a seller.
    pub(super) fn known_by(&self, seller: UserId) -> Option<KnownAuction> {
        let notes = self.world.notes.borrow();
        notes.auctions.iter().rev().find(|it| it.seller == seller).cloned()
    }

    async fn look_at_auctions(&self) {
        let path = *self.dice.pick(&["/v1/auctions", "/v1/me/bids", "/v1/notifications"]).unwrap();
        let reply = self.world.send(&World::get(&self.person, path)).await;
        let unread = reply.success().and_then(|page| page["items"].as_array()?.first().cloned());
        if let Some(Value::String(id)) = unread.map(|row| row["id"].clone())
            && path == "/v1/notifications"
        {
            let path = format!("/v1/notifications/{id}/read");
            let mut call = self.world.post(&self.person, &path, json!({}), &self.dice);
            (call.key, call.body) = (None, None);
            self.world.ask(&call, &self.dice).await;
        }
    }
}
