//! Many at once: a crowd bids on one auction or at its very end, orders cross each other, two
//! parties want different things of one trade, one payment is given back twice.

use std::{future::Future, rc::Rc, sync::atomic::Ordering};

use domain::exchange::Side;
use gateway::fake::ParcelStep;
use kernel::{Clock as _, Instant, Span};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    Actor, Part,
    trades::{is_over, parcel, trades},
};
use crate::{observations::KnownAuction, person::Person, world::World};

/// The longest that a crowd waits for the end of an auction.
const CROWD_WAIT_MAX: Span = Span::minutes(8);
/// How long before and after an end its crowd comes: some too late, who find it over.
const BEFORE_THE_END_MS: i64 = -150;
const AFTER_THE_END_MS: i64 = 2_600;
/// Two more than may wait for a buyer's cards, and what they bid, in thousands of won.
const CARD_BIDS_AT_ONCE: usize = 12;
const LOW_PRICE: i64 = 3;
/// How far apart the others of a crowd come.
const AT_ONCE_MS: i64 = 4;

/// When the members of a crowd come: around an instant, from the first to the last.
#[derive(Clone, Copy)]
struct Arrivals {
    around: Instant,
    first_ms: i64,
    last_ms: i64,
}

impl Arrivals {
    fn at_once(around: Instant) -> Self {
        Self { around, first_ms: 0, last_ms: AT_ONCE_MS }
    }

    fn around_the_end(end: Instant) -> Self {
        Self { around: end, first_ms: BEFORE_THE_END_MS, last_ms: AFTER_THE_END_MS }
    }
}

impl Actor {
    /// What this actor starts that others take part in.
    pub(super) async fn gather(&self) {
        // Two times in three the crowd that is typical of this part.
        let is_typical = self.prng.below(3) < 2;
        match self.part {
            Part::Bidder if is_typical => self.bid_together().await,
            Part::Trader if is_typical => self.order_together().await,
            Part::Bidder => self.cancel_payment_twice().await,
            Part::Seller => self.offer_to_a_crowd().await,
            _ => self.quarrel().await,
        }
    }

    /// Somebody else, at the same thing as this actor.
    fn another(&self, part: Part, person: Person) -> Self {
        let (world, catalogue) = (Rc::clone(&self.world), Rc::clone(&self.catalogue));
        Self { world, part, person, prng: self.prng.clone(), catalogue }
    }

    fn all(&self, part: Part) -> Vec<Self> {
        let people = self.world.people.borrow();
        let alike = people.iter().filter(|(is, _)| *is == part);
        alike.map(|(part, person)| self.another(*part, person.clone())).collect()
    }

    /// The bidders and, rather often, somebody who would rather end it.
    async fn bid_together(&self) {
        let now = self.world.clock.now();
        let Some(known) = self.some_auction().filter(|known| known.ends_at > now) else { return };
        let last_moment = self.prng.often(600) && known.ends_at.since(now) < CROWD_WAIT_MAX;
        let at = if last_moment { known.ends_at } else { now + Span::seconds(1) };
        self.world.sleep((at + Span::millis(BEFORE_THE_END_MS)).since(now)).await;
        self.world.history.count(if last_moment {
            "crowds at an end"
        } else {
            "crowds of bidders"
        });
        let crowd = Crowd::new(&self.world);
        let arrivals =
            if last_moment { Arrivals::around_the_end(at) } else { Arrivals::at_once(at) };
        self.add_bidders(&crowd, &known, arrivals);
        if !last_moment && self.prng.often(300) {
            let (admin, known) = (self.admin(), known.clone());
            crowd.add(async move { admin.cancel_auction(&known.id).await });
        } else if !last_moment && self.prng.often(500) {
            let admin = self.admin();
            crowd.add(async move { admin.void_newest_bid(&known.id).await });
        }
        crowd.wait().await;
    }

    /// Something that everybody wants and the seller would rather keep.
    async fn offer_to_a_crowd(&self) {
        self.offer().await;
        let Some(known) = self.known_by(self.person.id) else { return };
        self.world.history.count("crowds at an opening");
        let crowd = Crowd::new(&self.world);
        let seller = (self.clone(), known.clone());
        crowd.add(async move { seller.0.cancel_auction(&seller.1.id).await });
        self.add_bidders(&crowd, &known, Arrivals::at_once(self.world.clock.now()));
        crowd.wait().await;
    }

    /// The bidders, each at a moment of its own.
    fn add_bidders(&self, crowd: &Crowd<'_>, known: &KnownAuction, arrivals: Arrivals) {
        for bidder in self.all(Part::Bidder) {
            let known = known.clone();
            let offset_ms = self.prng.between(arrivals.first_ms, arrivals.last_ms);
            let moment = arrivals.around + Span::millis(offset_ms);
            crowd.add(async move {
                bidder.until(moment).await;
                bidder.offer_on(&known).await;
            });
        }
    }

    async fn until(&self, moment: Instant) {
        let wait = moment.since(self.world.clock.now());
        self.world.sleep(wait.max(Span::millis(0))).await;
    }

    pub(super) fn admin(&self) -> Self {
        let mut admins = self.all(Part::Admin);
        admins.pop().unwrap()
    }

    pub(super) fn who(&self, id: kernel::UserId) -> Self {
        let people = self.world.people.borrow();
        let (part, person) = people.iter().find(|(_, person)| person.id == id).unwrap();
        self.another(*part, person.clone())
    }

    /// The traders, each with an order that may cross any other's.
    async fn order_together(&self) {
        self.world.history.count("crowds of orders");
        let middle = self.prng.between(60, 140);
        let crowd = Crowd::new(&self.world);
        let mut traders = self.all(Part::Trader);
        traders.extend(self.all(Part::Trader));
        for (number, trader) in traders.into_iter().enumerate() {
            let sells = number.is_multiple_of(2) == self.prng.often(700);
            let side = if sells { Side::Sell } else { Side::Buy };
            let price = middle + self.prng.between(-2, 2);
            crowd.add(async move {
                trader.place_at(side, price).await;
            });
        }
        crowd.wait().await;
    }

    /// An order of this trader's own, which the others come for while its owner takes it back, or
    /// gives it another price.
    pub(super) async fn contest_order(&self) {
        let price = self.prng.between(60, 140);
        let own = if self.prng.often(500) { Side::Sell } else { Side::Buy };
        let Some(order) = self.place_at(own, price).await else { return };
        self.world.history.count("orders contested");
        let crowd = Crowd::new(&self.world);
        let owner = self.clone();
        let further = if own == Side::Sell { price + 1 } else { price - 1 };
        let moves = self.prng.often(500);
        crowd.add(async move {
            if moves {
                owner.reprice(&order, further).await;
            } else {
                owner.take_back(&order).await;
            }
        });
        let others = self.all(Part::Trader).into_iter();
        for taker in others.filter(|it| it.person.id != self.person.id).take(2) {
            crowd.add(async move {
                taker.place_at(own.other(), price).await;
            });
        }
        crowd.wait().await;
    }

    /// More bids at once than may wait for cards, far below what anybody asks; then all of them
    /// are taken back.
    pub(super) async fn bid_by_card_at_once(&self) {
        if self.person.card.is_none() {
            return;
        }
        self.world.history.count("crowds of card bids");
        let crowd = Crowd::new(&self.world);
        let orders: Rc<std::cell::RefCell<Vec<String>>> = Rc::default();
        for _ in 0..CARD_BIDS_AT_ONCE {
            let one = self.clone();
            let orders = Rc::clone(&orders);
            crowd.add(async move {
                let order = one.bid_by_card(LOW_PRICE).await;
                orders.borrow_mut().extend(order);
            });
        }
        crowd.wait().await;
        self.world.audit_card_limits();
        for order in orders.take() {
            self.take_back(&order).await;
        }
    }

    /// Two of those who may move a trade, each in another direction.
    async fn quarrel(&self) {
        let role = if self.prng.often(500) { "seller" } else { "buyer" };
        let mine = trades(self, &self.person, &format!("/v1/trades?role={role}")).await;
        let mine: Vec<Value> = mine.into_iter().filter(|trade| !is_over(trade)).collect();
        if let Some(trade) = self.prng.pick(&mine) {
            self.quarrel_over(trade).await;
        }
    }

    pub(super) async fn quarrel_over(&self, trade: &Value) {
        let party = |side: &str| self.who(trade[side].as_str().unwrap().parse().unwrap());
        let (seller, buyer) = (party("sellerId"), party("buyerId"));
        let cancel = || ("cancel", json!({ "reason": "변심" }));
        let pay = ("pay", json!({ "addressId": buyer.person.address }));
        let mut moves = match trade["state"].as_str().unwrap() {
            "awaiting_payment" => vec![(buyer.clone(), pay), (seller, cancel()), (buyer, cancel())],
            "awaiting_shipment" if trade["inPerson"] == true => vec![(seller, cancel())],
            "awaiting_shipment" => {
                vec![(seller.clone(), ("ship", parcel(trade, "ship"))), (seller, cancel())]
            }
            "in_transit" if trade["variant"] == "direct" => vec![(buyer, ("confirm", json!({})))],
            "in_transit" => vec![(self.inspector(), ("receive", json!({})))],
            "awaiting_consent" => vec![
                (buyer.clone(), ("consent", json!({}))),
                (buyer, ("consent-refusal", json!({}))),
            ],
            "delivered" => {
                let complaint = json!({ "complaint": "other", "text": "상자가 비어 있습니다" });
                vec![(buyer.clone(), ("confirm", json!({}))), (buyer, ("dispute", complaint))]
            }
            "disputed" => {
                let amount = json!({ "amount": trade["dispute"]["offer"]["amount"] });
                let ruling = json!({ "verdict": "complete", "reason": "사진과 같습니다" });
                vec![
                    (buyer.clone(), ("confirm", json!({}))),
                    (buyer, ("dispute/refund", amount.clone())),
                    (seller, ("dispute/refund", amount)),
                    (self.admin(), ("dispute/ruling", ruling)),
                ]
            }
            _ => return,
        };
        moves.push((self.admin(), cancel()));
        self.world.history.count("quarrels");
        let crowd = Crowd::new(&self.world);
        if trade["state"] == "in_transit" {
            let (one, trade) = (self.clone(), trade.clone());
            let end = *self.prng.pick(&[ParcelStep::Deliver, ParcelStep::Lose]).unwrap();
            crowd.add(async move { one.carry(&trade, "ship", end).await });
        }
        for (actor, (verb, body)) in moves {
            let trade = trade.clone();
            crowd.add(async move { actor.step(&trade, verb, body).await });
        }
        crowd.wait().await;
    }

    fn inspector(&self) -> Self {
        let mut inspectors = self.all(Part::Inspector);
        inspectors.pop().unwrap()
    }

    /// Two clicks, as two requests, on giving one payment back.
    async fn cancel_payment_twice(&self) {
        let Some(payment) = self.some_payment().await else { return };
        self.world.history.count("payments given back twice at once");
        let crowd = Crowd::new(&self.world);
        for _ in 0..2 {
            let (one, payment) = (self.clone(), payment.clone());
            crowd.add(async move { one.cancel_payment_of(&payment).await });
        }
        crowd.wait().await;
    }

    /// Confirms a payment while the provider tells of it and a second window confirms it, too.
    pub(super) async fn confirm_together(&self, path: &str, agreed: &Value, order: &str) {
        let crowd = Crowd::new(&self.world);
        for _ in 0..2 {
            let (one, path, agreed) = (self.clone(), path.to_owned(), agreed.clone());
            crowd.add(async move { one.confirm(&path, agreed).await });
        }
        let (provider, order) = (self.clone(), order.to_owned());
        crowd.add(async move { provider.send_webhooks_of(&order).await });
        crowd.wait().await;
    }
}

/// Several that act in tasks of their own, so that chance says who comes first at every step.
pub(super) struct Crowd<'a> {
    world: &'a World,
    members: std::cell::RefCell<Vec<oneshot::Receiver<()>>>,
}

impl<'a> Crowd<'a> {
    pub(super) fn new(world: &'a World) -> Self {
        world.fleet.crashes.crowds.fetch_add(1, Ordering::Relaxed);
        Self { world, members: std::cell::RefCell::default() }
    }

    pub(super) fn add(&self, deed: impl Future<Output = ()> + 'static) {
        let (done, over) = oneshot::channel();
        self.members.borrow_mut().push(over);
        self.world.tasks.spawn(async move {
            deed.await;
            // Whoever waited may be gone with the run.
            let _gone = done.send(());
        });
    }

    pub(super) async fn wait(self) {
        for member in self.members.take() {
            let _over = member.await;
        }
    }
}

impl Drop for Crowd<'_> {
    fn drop(&mut self) {
        self.world.fleet.crashes.crowds.fetch_sub(1, Ordering::Relaxed);
    }
}
