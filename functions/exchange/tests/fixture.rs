//! What the context's tests share: an instrument, traders with money, and the order in which things
//! were committed.

mod record;
mod trading;

use std::ops::Deref;

use domain::{
    identity::{Address, Role},
    ledger::{Account, Between, Movement, MovementKind},
};
use kernel::{AddressId, Id, Instant, OrderId, TradeId, UserId, Won};
use serde_json::{Value, json};
use store::{
    Read, Transaction,
    identity::{AddressRow, address_creation},
    wallet::PayoutAccount,
};
use testkit::{Reply, RequestBuilder, TestApp, User};

pub use record::Record;
pub use trading::{PASSWORD, spawn};

/// Orders and the catalogue only.
const BARE: &[&platform::Function] = &[
    &crate::place_order::FUNCTION,
    &crate::buy_now::FUNCTION,
    &crate::cancel_order::FUNCTION,
    &crate::sweep_due_orders::FUNCTION,
    &catalog::create_item::FUNCTION,
    &catalog::add_option::FUNCTION,
];

/// What everybody has in the wallet at first.
pub const PURSE: i64 = 100_000_000;

/// This context, the catalogue, the trade that follows, and whoever carries what the outbox holds.
pub struct Floor {
    app: TestApp,
    pub item: String,
}

/// Somebody who buys and sells.
#[derive(Clone, Debug)]
pub struct Trader {
    pub user: User,
    pub address: AddressId,
}

impl Deref for Floor {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl Floor {
    /// One product in two sizes, an empty book each.
    pub async fn open() -> Self {
        let others = [catalog::FUNCTIONS, trade::FUNCTIONS, operation::FUNCTIONS].concat();
        Self::open_with(&[crate::FUNCTIONS, &others].concat()).await
    }

    /// Orders only: what follows a match or a change of the book is not carried out.
    pub async fn bare() -> Self {
        Self::open_with(BARE).await
    }

    /// The same on the engine that shows a transaction item by item, where that is wanted.
    pub async fn half_seen() -> Self {
        Self::open_on(TestApp::start_in_memory(BARE).await).await
    }

    async fn open_with(functions: &[&'static platform::Function]) -> Self {
        let own: &[&platform::Function] = &[&record::FUNCTION];
        Self::open_on(TestApp::start(&[functions, own].concat()).await).await
    }

    async fn open_on(app: TestApp) -> Self {
        let admin = app.admin();
        let body = json!({ "nameKo": "에어 조던 1", "nameEn": "Air Jordan 1", "model": "555088" });
        let made = app.post("/v1/catalog").bearer(&admin.token).json(body).send().await;
        let item = made.expect(201).json()["id"].as_str().unwrap().to_owned();
        for option in ["270", "280"] {
            let path = format!("/v1/catalog/{item}/options");
            let body = json!({ "option": option });
            app.post(&path).bearer(&admin.token).json(body).send().await.expect(201);
        }
        app.run_until_idle().await;
        Self { app, item }
    }

    /// Somebody with an address, a payout account and [`PURSE`] won.
    pub async fn trader(&self) -> Trader {
        let trader = self.beggar().await;
        self.fund(trader.user.id, PURSE).await;
        trader
    }

    /// The same without money.
    pub async fn beggar(&self) -> Trader {
        let user = self.signed_in("trader");
        let address = self.address(user.id).await;
        let account = PayoutAccount {
            bank_code: "088".to_owned(),
            masked_number: "********7890".to_owned(),
            sealed_number: "sealed".to_owned(),
            holder: "김민지".to_owned(),
            changed_at: self.now(),
        };
        let registered = Transaction::new().payout_account(user.id, &account);
        self.store().commit(registered).await.unwrap();
        Trader { user, address }
    }

    /// A buyer and a seller.
    pub async fn pair(&self) -> (Trader, Trader) {
        (self.trader().await, self.trader().await)
    }

    pub async fn traders(&self, count: usize) -> Vec<Trader> {
        let mut traders = Vec::with_capacity(count);
        for _ in 0..count {
            traders.push(self.trader().await);
        }
        traders
    }

    pub async fn address(&self, of: UserId) -> AddressId {
        let id = Id::from_uuid(self.app.app.entropy.uuid(self.now()));
        let phone = "010-1234-5678".parse().unwrap();
        let address = Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap();
        let row = AddressRow { id, address, created_at: self.now() };
        self.store().commit(address_creation(of, &row)).await.unwrap();
        id
    }

    pub async fn fund(&self, to: UserId, amount: i64) {
        let reason = format!("test-top-up#{}", self.app.app.entropy.uuid(self.now()));
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(to) };
        let amount = Won::constant(amount);
        let movement = Movement::transfer(reason, MovementKind::TopUp, amount, accounts).unwrap();
        assert!(self.store().move_money(&movement, self.now()).await.unwrap());
    }

    /// Available and held.
    pub async fn purse(&self, of: &Trader) -> (i64, i64) {
        let balance = self.store().balance(of.user.id, Read::Consistent).await.unwrap();
        (balance.available().get(), balance.held.get())
    }

    pub fn fresh_key(&self) -> String {
        self.app.app.entropy.uuid(self.now()).to_string()
    }

    /// A token that is fresh however far the clock was turned.
    pub fn token_of(&self, who: &Trader) -> String {
        self.token(who.user.id, &[Role::User])
    }

    /// The body of an order of size 270 for 30 days, from the wallet, at a price that is meant.
    pub fn order(&self, who: &Trader, side: &str, price: i64) -> Value {
        let mut body = json!({
            "itemId": self.item,
            "option": "270",
            "side": side,
            "price": price,
            "expiresInDays": 30,
            "addressId": who.address,
            "confirm": true,
        });
        if side == "buy" {
            body["funding"] = json!({ "from": "wallet" });
        }
        body
    }

    /// `POST /v1/exchange/{what}` under a fresh key.
    pub fn ask(&self, what: &str, who: &Trader) -> RequestBuilder {
        let request = self.post(&format!("/v1/exchange/{what}"));
        request.bearer(&self.token_of(who)).key(&self.fresh_key())
    }

    pub async fn place(&self, who: &Trader, side: &str, price: i64) -> Reply {
        self.ask("orders", who).json(self.order(who, side, price)).send().await
    }

    /// An order that comes to rest.
    pub async fn rest(&self, who: &Trader, side: &str, price: i64) -> OrderId {
        let placed = self.place(who, side, price).await.expect(201).json();
        assert_eq!(placed["state"], "open", "{placed}");
        id_of(&placed)
    }

    /// An order that meets another one.
    pub async fn take(&self, who: &Trader, side: &str, price: i64) -> (OrderId, TradeId) {
        let placed = self.place(who, side, price).await.expect(201).json();
        assert_eq!(placed["state"], "matched", "{placed}");
        (id_of(&placed), placed["tradeId"].as_str().unwrap().parse().unwrap())
    }

    pub async fn cancel(&self, who: &Trader, order: OrderId) -> Reply {
        self.ask(&format!("orders/{order}/cancel"), who).send().await
    }

    pub async fn read(&self, who: &Trader, order: OrderId) -> Value {
        let path = format!("/v1/exchange/orders/{order}");
        self.get(&path).bearer(&self.token_of(who)).send().await.expect(200).json()
    }

    pub async fn state(&self, order: OrderId) -> &'static str {
        self.store().order(order, Read::Consistent).await.unwrap().unwrap().state.as_str()
    }

    /// What was committed on the exchange so far, in that order.
    pub async fn record(&self) -> Record {
        self.run_until_idle().await;
        Record::of(self).await
    }

    pub fn later(&self, span: kernel::Span) -> Instant {
        self.now() + span
    }
}

pub fn id_of(placed: &Value) -> OrderId {
    placed["id"].as_str().unwrap().parse().unwrap()
}
