//! Hands of several accounts, each with a scheme against one honest person, the mark. By the rules
//! none of them pays; whether it did is judged by [`crate::hands`], from what is committed.
//!
//! A scheme is a row of [`SCHEMES`] and a method of [`Crew`]: nothing else is needed for another.

use std::{future::Future, pin::Pin, rc::Rc};

use gateway::fake::ParcelStep;
use kernel::{Clock as _, Span};
use serde_json::{Value, json};

use super::{
    Actor, Calendar,
    trades::{parcel, trades},
};
use crate::{
    person::{Part, Person},
    world::World,
};

/// What the mark is ready to pay, and what the goods would go for without a scheme.
const HONEST_MAXIMUM: i64 = 60_000;
const START: i64 = 10_000;
/// What the mark means to sell for, and types instead.
const MEANT: i64 = 100_000;
const TYPED: i64 = 10_000;
/// An ask that is to be kept off the market, and how often.
const SPOOFED: i64 = 200_000;
const SPOOFS: usize = 4;
/// How often, and how long apart, somebody looks whether a trade is as they wait for it.
const LOOKS: usize = 40;
const LOOKS_APART: Span = Span::seconds(25);
/// How often a step is tried that fails, whatever goes wrong meanwhile.
const TRIES: usize = 6;
/// How many codes a thief guesses.
const GUESSED: usize = 30;
/// What a partner pays who is to be refused.
const FARMED: i64 = 300_000;
/// More raises than anybody may make in one lead.
const RAISES: i64 = 24;

type Playing<'a> = Pin<Box<dyn Future<Output = Option<()>> + 'a>>;

/// What a hand tries.
pub struct Scheme {
    pub name: &'static str,
    /// How many accounts it takes.
    pub accounts: usize,
    /// How the cards of its accounts behave, if they have some.
    pub card: Option<&'static str>,
    /// Whether the first of them has no money.
    pub broke: bool,
    play: for<'a> fn(&'a Crew) -> Playing<'a>,
}

pub const SCHEMES: &[Scheme] = &[
    Scheme {
        name: "shill",
        accounts: 2,
        card: None,
        broke: false,
        play: |crew| Box::pin(crew.shill()),
    },
    Scheme {
        name: "code thief",
        accounts: 1,
        card: None,
        broke: false,
        play: |crew| Box::pin(crew.guess_codes()),
    },
    Scheme {
        name: "second-chance setter",
        accounts: 3,
        card: None,
        broke: false,
        play: |crew| Box::pin(crew.set_price()),
    },
    Scheme {
        name: "raiser",
        accounts: 2,
        card: None,
        broke: false,
        play: |crew| Box::pin(crew.raise_without_end()),
    },
    Scheme {
        name: "price-slip hunter",
        accounts: 1,
        card: None,
        broke: false,
        play: |crew| Box::pin(crew.wait_for_slips()),
    },
    Scheme {
        name: "card spoofer",
        accounts: 1,
        card: Some("card-declines"),
        broke: false,
        play: |crew| Box::pin(crew.spoof()),
    },
    Scheme {
        name: "penalty farmer",
        accounts: 2,
        card: None,
        broke: true,
        play: |crew| Box::pin(crew.farm_penalties()),
    },
];

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

    /// Buys at any price, does not pay, and hopes that the honest bidder is asked for all that they
    /// were ready to pay.
    async fn shill(&self) -> Option<()> {
        let [seller, shill, ..] = &*self.accounts else { return None };
        let more = json!({ "buyNowPrice": 15 * START, "durationSeconds": 900 });
        let auction = seller.lists(more).await?;
        self.mark.bids(&auction, START, HONEST_MAXIMUM).await?;
        shill.bids(&auction, 15 * START, 15 * START).await?;
        shill.backs_out_of(&auction).await?;
        self.sell_to_mark(seller, &auction).await
    }

    /// Two bid above the honest bidder, and neither pays: the price is to be what the lower of them
    /// made it.
    async fn set_price(&self) -> Option<()> {
        let [seller, lower, higher, ..] = &*self.accounts else { return None };
        let auction = seller.lists(json!({ "durationSeconds": 60 })).await?;
        self.mark.bids(&auction, START, HONEST_MAXIMUM).await?;
        // As high as the hidden maximum: the earlier still leads.
        lower.bids(&auction, START + 500, HONEST_MAXIMUM).await?;
        lower.bids(&auction, HONEST_MAXIMUM + 2_000, HONEST_MAXIMUM + 2_000).await?;
        higher.bids(&auction, HONEST_MAXIMUM + 9_000, HONEST_MAXIMUM + 9_000).await?;
        higher.backs_out_of(&auction).await?;
        lower.backs_out_of(&auction).await?;
        self.sell_to_mark(seller, &auction).await
    }

    /// Raises the own maximum, by as little as possible and as often as possible: a ledger that is
    /// too long to be read would let neither a void nor a second chance through.
    async fn raise_without_end(&self) -> Option<()> {
        let [seller, raiser, ..] = &*self.accounts else { return None };
        let auction = seller.lists(json!({ "durationSeconds": 120 })).await?;
        raiser.bids(&auction, START, 2 * START).await?;
        for number in 1..=RAISES {
            // By a won, then by an increment; a refusal stops nobody.
            raiser.bids(&auction, START, 2 * START + number).await;
            raiser.bids(&auction, START, 2 * START + number * 500).await;
        }
        self.mark.bids(&auction, 4 * START, HONEST_MAXIMUM).await?;
        self.sell_to_mark(seller, &auction).await
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
        self.mark.insists(&sale, "ship", parcel(&sale, "ship")).await?;
        let centre = self.mark.as_inspector()?;
        centre.insists(&sale, "receive", json!({})).await?;
        let evidence = json!({
            "grade": "pass", "checklistVersion": 3, "notes": "이상 없음",
            "photos": ["inspection/1.jpg"],
        });
        centre.insists(&sale, "inspection", evidence).await?;
        centre.insists(&sale, "forward", parcel(&sale, "forward")).await?;
        hunter.receives(&sale, "forward").await?;
        hunter.insists(&sale, "confirm", json!({})).await
    }

    /// Takes an honest ask off the market by a card that never pays, again and again: until nothing
    /// is left for the deposits, or it is refused for its strikes.
    async fn spoof(&self) -> Option<()> {
        let [spoofer, ..] = &*self.accounts else { return None };
        let ask = json!({ "side": "sell", "price": SPOOFED });
        self.mark.orders(ask, true).await?;
        let card = spoofer.person.card.clone()?;
        for _ in 0..SPOOFS {
            let bid = json!({ "side": "buy", "price": SPOOFED, "funding": card });
            let Some(order) = spoofer.orders(bid, true).await else { return Some(()) };
            spoofer.awaits("buyer", "cancelled", &order).await?;
            self.mark.world.sleep(LOOKS_APART).await;
        }
        Some(())
    }

    /// Sells to a partner, is paid, and refuses with nothing in the wallet: somebody else is to pay
    /// the penalty. Then looks for a way around the debt.
    async fn farm_penalties(&self) -> Option<()> {
        let [seller, buyer, ..] = &*self.accounts else { return None };
        let more = json!({ "buyNowPrice": FARMED, "durationSeconds": 900 });
        let auction = seller.lists(more).await?;
        buyer.bids(&auction, FARMED, FARMED).await?;
        let trade = buyer.awaits("buyer", "awaiting_payment", &auction).await?;
        let address = json!({ "addressId": buyer.person.address });
        buyer.insists(&trade, "pay", address).await?;
        seller.insists(&trade, "cancel", json!({ "reason": "변심" })).await?;
        let other = buyer.lists(json!({ "durationSeconds": 60 })).await?;
        seller.top_up().await;
        seller.cancel_payment().await;
        seller.withdraw().await;
        seller.bids(&other, START, START).await;
        self.mark.world.history.count("penalties farmed");
        Some(())
    }

    /// Sells in person, meets nobody, and guesses what the mark's app shows.
    async fn guess_codes(&self) -> Option<()> {
        let [thief, ..] = &*self.accounts else { return None };
        let auction =
            thief.lists(json!({ "buyNowPrice": 2 * START, "durationSeconds": 900 })).await?;
        self.mark.bids(&auction, 2 * START, 2 * START).await?;
        let sale = self.mark.awaits("buyer", "awaiting_payment", &auction).await?;
        self.mark.insists(&sale, "pay", json!({ "inPerson": true })).await?;
        for _ in 0..GUESSED {
            thief.guess(&sale).await;
            if self.mark.prng.often(100) {
                self.mark.insists(&sale, "handover-code/renew", json!({})).await?;
            }
        }
        Some(())
    }

    /// The mark pays what is asked, and gets the goods.
    async fn sell_to_mark(&self, seller: &Actor, auction: &str) -> Option<()> {
        let mark = &self.mark;
        let offer = mark.awaits("buyer", "awaiting_payment", auction).await?;
        let pay = json!({ "addressId": mark.person.address });
        mark.insists(&offer, "pay", pay).await?;
        seller.insists(&offer, "ship", parcel(&offer, "ship")).await?;
        mark.receives(&offer, "ship").await?;
        mark.insists(&offer, "confirm", json!({})).await
    }
}

impl Actor {
    /// Puts up an auction from [`START`]; its id.
    async fn lists(&self, more: Value) -> Option<String> {
        let mut body = json!({ "title": "카메라", "startPrice": START });
        for (name, value) in more.as_object()? {
            body[name] = value.clone();
        }
        let call = self.world.post(&self.person, "/v1/auctions", body, &self.prng);
        for _ in 0..TRIES {
            let reply = self.world.ask(&call, &self.prng).await;
            if let Some(view) = reply.success() {
                return Some(view["id"].as_str()?.to_owned());
            }
            self.world.sleep(LOOKS_APART).await;
        }
        None
    }

    /// Bids until it is taken or refused.
    async fn bids(&self, auction: &str, amount: i64, maximum: i64) -> Option<()> {
        let path = format!("/v1/auctions/{auction}/bids");
        let body = json!({ "amount": amount, "maxAmount": maximum });
        let call = self.world.post(&self.person, &path, body, &self.prng);
        for _ in 0..TRIES {
            let reply = self.world.bid(&call, auction, &self.prng).await;
            if reply.success().is_some() {
                return Some(());
            }
            if !reply.comes_again() {
                return None;
            }
            self.world.sleep(Span::seconds(3)).await;
        }
        None
    }

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
            if !reply.comes_again() {
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

    /// Wins, and says that it will not pay.
    async fn backs_out_of(&self, auction: &str) -> Option<()> {
        let trade = self.awaits("buyer", "awaiting_payment", auction).await?;
        let (verb, body) = match trade["round"].as_i64() {
            Some(0) => ("cancel", json!({ "reason": "변심" })),
            _ => ("decline", json!({})),
        };
        self.insists(&trade, verb, body).await
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

    /// Waits for the goods, which their carrier brings.
    async fn receives(&self, trade: &Value, verb: &str) -> Option<()> {
        let path = format!("/v1/trades/{}", trade["id"].as_str()?);
        for _ in 0..LOOKS {
            for step in [ParcelStep::PickUp, ParcelStep::Deliver] {
                self.carry(trade, verb, step).await;
            }
            self.world.sleep(LOOKS_APART).await;
            let reply = self.world.send(&World::get(&self.person, &path)).await;
            if reply.success().is_some_and(|view| view["state"] == "delivered") {
                return Some(());
            }
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
