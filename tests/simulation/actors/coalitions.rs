//! Hands of several accounts, each with a scheme against one honest person, the mark. By the rules
//! none of them pays; whether it did is judged by [`crate::hands`], from what is committed.
//!
//! A scheme is a row of [`SCHEMES`] and a method of [`Crew`]: nothing else is needed for another.

use std::{future::Future, pin::Pin, rc::Rc};

use kernel::{Clock as _, Span};
use serde_json::{Value, json};

use super::{
    Actor, Calendar,
    trades::{parcel, trades},
};
use crate::person::{Part, Person};

/// What the mark means to sell for, and types instead.
const MEANT: i64 = 100_000;
const TYPED: i64 = 10_000;
/// How often, and how long apart, somebody looks whether a trade is as they wait for it.
const LOOKS: usize = 40;
const LOOKS_APART: Span = Span::seconds(25);
/// How often a step is tried that fails, whatever goes wrong meanwhile.
const TRIES: usize = 6;
type Playing<'a> = Pin<Box<dyn Future<Output = Option<()>> + 'a>>;

/// What a hand tries.
pub struct Scheme {
    pub name: &'static str,
    /// How many accounts it takes.
    pub accounts: usize,
    play: for<'a> fn(&'a Crew) -> Playing<'a>,
}

pub const SCHEMES: &[Scheme] = &[Scheme {
    name: "price-slip hunter",
    accounts: 1,
    play: |crew| Box::pin(crew.wait_for_slips()),
}];

/// A hand, and whom it is after.
pub struct Crew {
    pub accounts: Vec<Actor>,
    pub mark: Actor,
}

impl Crew {
    /// Tries its scheme whenever the market opens.
    pub async fn live(self, scheme: &'static Scheme, calendar: Rc<Calendar>) {
        let world = Rc::clone(&self.mark.world);
        for opening in &calendar.openings {
            if *opening > world.clock.now() {
                world.sleep(opening.since(world.clock.now())).await;
            }
            let played = (scheme.play)(&self).await.is_some();
            let how = if played { "played" } else { "broken off" };
            world.history.count(&format!("scheme {} {how}", scheme.name));
        }
        world.busy.set(world.busy.get() - 1);
    }

    /// Rests far below the price for somebody who types a digit too few.
    async fn wait_for_slips(&self) -> Option<()> {
        let [hunter, ..] = &*self.accounts else { return None };
        let bid = json!({ "side": "buy", "price": TYPED, "funding": { "from": "wallet" } });
        hunter.orders(bid, true).await?;
        let ask = json!({ "side": "sell", "price": TYPED });
        let order = self.mark.orders(ask, false).await?;
        let world = &self.mark.world;
        world.observations.borrow_mut().slips.insert(order.clone(), MEANT);
        let sale = self.mark.awaits("seller", "awaiting_shipment", &order).await?;
        self.mark.insists(&sale, "ship", parcel()).await?;
        let centre = self.mark.as_inspector()?;
        centre.insists(&sale, "receive", json!({})).await?;
        let evidence = json!({
            "grade": "pass", "checklistVersion": 3, "notes": "이상 없음",
            "photos": ["inspection/1.jpg"],
        });
        centre.insists(&sale, "inspection", evidence).await?;
        centre.insists(&sale, "forward", parcel()).await?;
        centre.insists(&sale, "deliver", json!({})).await?;
        hunter.insists(&sale, "confirm", json!({})).await
    }
}

impl Actor {
    /// Places an order on the item that nobody else trades; its id.
    async fn orders(&self, more: Value, confirm: bool) -> Option<String> {
        let mut body = json!({
            "itemId": self.catalogue.plotted, "option": "270", "expiresInDays": 1,
            "addressId": self.person.address, "confirm": confirm,
        });
        for (name, value) in more.as_object()? {
            body[name] = value.clone();
        }
        let call = self.world.post(&self.person, "/v1/exchange/orders", body, &self.prng);
        for _ in 0..TRIES {
            let reply = self.world.ask(&call, &self.prng).await;
            if let Some(order) = reply.success() {
                let id = order["id"].as_str()?.to_owned();
                let known = (self.person.id, id.clone());
                self.world.observations.borrow_mut().orders.push(known);
                return Some(id);
            }
            if !reply.is_unknown() {
                return None;
            }
            self.world.sleep(Span::seconds(3)).await;
        }
        None
    }

    /// Waits until a trade of an auction or an order is in a state.
    async fn awaits(&self, role: &str, state: &str, of: &str) -> Option<Value> {
        let path = format!("/v1/trades?role={role}");
        for _ in 0..LOOKS {
            let mine = trades(self, &self.person, &path).await;
            let it =
                mine.into_iter().find(|it| it["state"] == state && it.to_string().contains(of));
            if it.is_some() {
                return it;
            }
            self.world.sleep(LOOKS_APART).await;
        }
        None
    }

    /// A step of a trade, again until it is done.
    async fn insists(&self, trade: &Value, verb: &str, body: Value) -> Option<()> {
        let path = format!("/v1/trades/{}/{verb}", trade["id"].as_str()?);
        for _ in 0..TRIES {
            let call = self.world.post(&self.person, &path, body.clone(), &self.prng);
            if self.world.ask(&call, &self.prng).await.success().is_some() {
                return Some(());
            }
            self.world.sleep(LOOKS_APART).await;
        }
        None
    }

    /// The centre, with the same chance.
    fn as_inspector(&self) -> Option<Self> {
        let people = self.world.people.borrow();
        let is_inspector = |it: &&(Part, Person)| it.0 == Part::Inspector;
        let person = people.iter().find(is_inspector).map(|(_, person)| person.clone())?;
        Some(Self { person, part: Part::Inspector, ..self.clone() })
    }
}
