//! What follows a match, as the tests of the orders need it: cards, declined ones, goods that fail
//! inspection, and whoever sweeps.

use domain::{
    exchange::{hold_of, trade_of_match},
    identity::Role,
    ledger::HoldState,
    payment::method::{Card, PaymentMethod},
    trade::{Actor, Command, Trade, decide},
};
use events::{Envelope, Event};
use kernel::{CatalogItemId, Id, Instant, OrderId, PaymentMethodId, Span, TradeId};
use serde_json::{Value, json};
use store::{ItemReader, Read, Table, payment_method::registration};
use testkit::{Reply, RequestBuilder};

use super::{Floor, Trader};

/// The payment password of every card here.
pub const PASSWORD: &str = "271828";

/// Sends a request on a task of its own, so that several run in parallel.
#[expect(clippy::disallowed_methods, reason = "parallel clients of a test, all awaited")]
pub fn spawn(request: RequestBuilder) -> tokio::task::JoinHandle<Reply> {
    tokio::spawn(request.send())
}

impl Floor {
    /// Every route of an order, and the catalogue; what follows a match is not carried out.
    pub async fn trading() -> Self {
        let orders = [
            &crate::quote_order::FUNCTION,
            &crate::place_order::FUNCTION,
            &crate::buy_now::FUNCTION,
            &crate::sell_now::FUNCTION,
            &crate::cancel_order::FUNCTION,
            &crate::get_order::FUNCTION,
            &crate::list_orders::FUNCTION,
            &crate::sweep_due_orders::FUNCTION,
        ];
        Self::open_with(&[&orders, catalog::FUNCTIONS].concat()).await
    }

    /// `POST /v1/exchange/{what}` under this key.
    pub fn ask_under(&self, key: &str, what: &str, who: &Trader) -> RequestBuilder {
        self.post(&format!("/v1/exchange/{what}")).bearer(&self.token_of(who)).key(key)
    }

    /// The body of `buy-now` or `sell-now`.
    pub fn now_body(&self, what: &str, who: &Trader, limit: i64) -> Value {
        let mut body = json!({
            "itemId": self.item, "option": "270", "limitPrice": limit, "addressId": who.address,
        });
        if what == "buy-now" {
            body["funding"] = json!({ "from": "wallet" });
        }
        body
    }

    /// Takes the best at once.
    pub async fn at_once(&self, what: &str, who: &Trader, limit: i64) -> Reply {
        self.ask(what, who).json(self.now_body(what, who, limit)).send().await
    }

    /// A card of this user.
    pub async fn card(&self, who: &Trader) -> PaymentMethodId {
        let password = PASSWORD.parse().unwrap();
        let method = PaymentMethod {
            id: Id::from_uuid(self.app.app.entropy.uuid(self.now())),
            user: who.user.id,
            card: Card { number: "43301234****123*".to_owned(), issuer: "현대".to_owned() },
            sealed_key: "sealed".to_owned(),
            password_hash: platform::payment_password::hash(&self.app.app, &password).unwrap(),
            failures: 0,
            locked_until: None,
            created_at: self.now(),
            version: 1,
        };
        self.store().commit(registration(&method)).await.unwrap();
        method.id
    }

    /// The body of a bid that a card pays.
    pub fn card_bid(&self, who: &Trader, price: i64, card: PaymentMethodId) -> Value {
        let mut body = self.order(who, "buy", price);
        body["funding"] = json!({ "from": "card", "paymentMethodId": card, "password": PASSWORD });
        body
    }

    /// A bid that a card is to pay meets what rests.
    pub async fn take_by_card(&self, who: &Trader, price: i64) -> (OrderId, TradeId) {
        let body = self.card_bid(who, price, self.card(who).await);
        let placed = self.ask("orders", who).json(body).send().await.expect(201).json();
        assert_eq!(placed["state"], "matched", "{placed}");
        (super::id_of(&placed), placed["tradeId"].as_str().unwrap().parse().unwrap())
    }

    /// The buyer's card is refused; nobody was told yet.
    pub async fn decline(&self, trade: TradeId) {
        let trade = self.trade(trade).await;
        let now = self.now();
        let decision = decide(&trade, Command::DeclinePayment, Actor::Clock, now).unwrap();
        assert!(self.store().trade_commit(&trade, &decision, now).await.unwrap());
    }

    pub async fn trade(&self, trade: TradeId) -> Trade {
        self.store().trade(trade).await.unwrap().unwrap()
    }

    /// How many trades there are.
    pub async fn trades(&self) -> usize {
        self.rows().await.under(Table::Trade, "trade#").len()
    }

    /// The trade of these two, if they met.
    pub async fn met(&self, buy: OrderId, sell: OrderId) -> bool {
        self.store().trade(trade_of_match(buy, sell)).await.unwrap().is_some()
    }

    /// The seller ships a paid trade, the centre inspects.
    pub async fn inspect(&self, trade: TradeId, seller: &Trader, grade: &str) {
        let parcel = json!({ "carrier": "CJ대한통운", "trackingNumber": "688712345678" });
        self.step_of(trade, "ship", &self.token_of(seller), parcel).await;
        let centre = self.token_with_roles(&[Role::User, Role::Inspector]).token;
        self.step_of(trade, "receive", &centre, json!({})).await;
        let result = json!({
            "grade": grade, "checklistVersion": 3, "notes": "밑창에 작은 오염",
            "photos": ["inspection/front.jpg", "inspection/sole.jpg"],
        });
        self.step_of(trade, "inspection", &centre, result).await;
    }

    async fn step_of(&self, trade: TradeId, verb: &str, token: &str, body: Value) {
        let request = self.post(&format!("/v1/trades/{trade}/{verb}")).bearer(token);
        request.key(&self.fresh_key()).json(body).send().await.expect(200);
    }

    /// Ends what is past its time.
    pub async fn sweep(&self) {
        self.invoke("exchange-sweep-due-orders", json!({})).await.unwrap();
    }

    /// Whether the order's money is held, taken or free again; `None`: it never held any.
    pub async fn hold(&self, order: OrderId) -> Option<HoldState> {
        self.store().hold(&hold_of(order)).await.unwrap().map(|hold| hold.state)
    }

    /// The orders that rest, on both sides.
    pub async fn book(&self) -> usize {
        self.rows().await.under(Table::Exchange, "book#").len()
    }

    /// The events of a kind that were ever written down, as they were sent.
    pub async fn sent<E: Event>(&self) -> Vec<Envelope> {
        let rows = self.rows().await;
        let envelopes = rows
            .table(Table::Outbox)
            .iter()
            .map(|row| serde_json::from_str(ItemReader(row).text("envelope").unwrap()).unwrap());
        envelopes.filter(|envelope: &Envelope| envelope.kind == E::KIND).collect()
    }

    /// Takes the item out of the catalogue.
    pub async fn delete_item(&self) -> Reply {
        let admin = self.admin();
        let item: CatalogItemId = self.item.parse().unwrap();
        self.delete(&format!("/v1/catalog/{item}")).bearer(&admin.token).send().await
    }

    /// Turns the clock so long past an order's end; at its end it is over.
    pub async fn turn_past_end(&self, order: OrderId, past: Span) {
        self.clock.set(self.end_of(order).await + past);
    }

    /// Turns the clock so long before an order's end.
    pub async fn turn_before_end(&self, order: OrderId, before: Span) {
        self.clock.set(self.end_of(order).await - before);
    }

    async fn end_of(&self, order: OrderId) -> Instant {
        let order = self.store().order(order, Read::Consistent).await.unwrap().unwrap();
        order.terms.expires_at
    }
}
