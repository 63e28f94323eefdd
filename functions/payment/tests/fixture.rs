//! What the context's tests share: the providers on a port of their own, payers, short ways to pay.

use std::ops::Deref;

use domain::{
    exchange::hold_of,
    identity::{Address, Role},
    ledger::{Account, Between, Movement, MovementKind, Split},
    payment::Payment,
    trade::{Agreement, CardBid, Funding, Match, Source, Trade, Variant},
};
use events::{Envelope, Event, TradeMatched};
use gateway::fake::{Providers, Server};
use kernel::{AddressId, Id, PaymentMethodId, Span, TradeId, UserId, Won};
use serde_json::{Value, json};
use store::{
    Read, Table, Transaction,
    identity::{AddressRow, address_creation},
    outbox,
    payment::charge_of_trade,
};
use testkit::{Reply, RequestBuilder, TestApp, User};

pub const AMOUNT: i64 = 50_000;
/// What a card bid of so much sets aside.
pub const DEPOSIT: i64 = 1_500;

/// The context alone, and the providers.
pub struct Market {
    app: TestApp,
    server: Server,
    pub payer: User,
}

impl Deref for Market {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.app
    }
}

impl Market {
    pub async fn start() -> Self {
        let server = Server::start().unwrap();
        let adjust = |config: &mut platform::Config| {
            *config = config.clone().with_providers_at(server.base());
        };
        let app = TestApp::start_with(crate::FUNCTIONS, adjust).await;
        let payer = app.signed_in("payer");
        Self { app, server, payer }
    }

    pub fn providers(&self) -> &Providers {
        &self.server.providers
    }

    pub fn token_of(&self, who: &User) -> String {
        self.token(who.id, &[Role::User])
    }

    pub fn fresh_key(&self) -> String {
        self.app.app.entropy.uuid(self.now()).to_string()
    }

    /// A POST of the payer's under `key`.
    pub fn ask(&self, path: &str, key: &str, body: Value) -> RequestBuilder {
        self.post(path).bearer(&self.token_of(&self.payer)).key(key).json(body)
    }

    pub async fn begin(&self, provider: &str) -> Begun {
        let body = json!({ "amount": AMOUNT, "provider": provider });
        let reply = self.ask("/v1/wallet/top-ups", &self.fresh_key(), body).send().await;
        Begun::of(&reply.expect(201).json())
    }

    /// A top-up through Toss whose payer agreed; with the body of its confirmation.
    pub async fn agreed(&self) -> (Begun, Value) {
        let begun = self.begin("toss").await;
        let body = self.agree(&begun);
        (begun, body)
    }

    pub fn agree(&self, begun: &Begun) -> Value {
        let key = self.providers().toss_pay(&begun.order, begun.amount);
        json!({ "paymentKey": key, "amount": begun.amount })
    }

    /// The payer agrees in KakaoPay's app.
    pub fn agree_kakao(&self, begun: &Begun) -> Value {
        json!({ "pgToken": self.providers().kakao_pay(&begun.order).unwrap() })
    }

    pub async fn confirm(&self, begun: &Begun, body: &Value) -> Reply {
        self.confirm_with(begun, &self.fresh_key(), body).await
    }

    pub async fn confirm_with(&self, begun: &Begun, key: &str, body: &Value) -> Reply {
        self.ask(&format!("{}/confirm", begun.path), key, body.clone()).send().await
    }

    /// A top-up that is done.
    pub async fn paid(&self, provider: &str) -> Begun {
        let begun = self.begin(provider).await;
        let body = match provider {
            "toss" => self.agree(&begun),
            _ => self.agree_kakao(&begun),
        };
        self.confirm(&begun, &body).await.expect(200);
        begun
    }

    pub async fn cancel(&self, begun: &Begun, amount: Option<i64>) -> Reply {
        self.cancel_with(begun, &self.fresh_key(), amount).await
    }

    pub async fn cancel_with(&self, begun: &Begun, key: &str, amount: Option<i64>) -> Reply {
        let body = match amount {
            Some(amount) => json!({ "amount": amount, "reason": "변심" }),
            None => json!({ "reason": "변심" }),
        };
        self.ask(&format!("{}/cancel", begun.path), key, body).send().await
    }

    /// Available and held.
    pub async fn purse(&self) -> (i64, i64) {
        let balance = self.store().balance(self.payer.id, Read::Consistent).await.unwrap();
        (balance.available().get(), balance.held.get())
    }

    pub async fn payment(&self, begun: &Begun) -> Payment {
        self.store().payment(begun.id.parse().unwrap()).await.unwrap().unwrap()
    }

    pub async fn status(&self, begun: &Begun) -> &'static str {
        self.payment(begun).await.status.as_str()
    }

    /// Turns the clock and lets the sweep run.
    pub async fn wait(&self, span: Span) {
        self.clock.advance(span);
        self.sweep().await.unwrap();
    }

    pub async fn sweep(&self) -> Result<Value, platform::Failure> {
        self.invoke("payment-resolve-payments", json!({})).await
    }

    pub async fn notice(&self, begun: &Begun) -> Reply {
        let data = json!({ "orderId": begun.order, "status": "DONE", "paymentKey": "any" });
        let created = "2026-11-21T09:00:00.000000";
        let body = json!({
            "eventType": "PAYMENT_STATUS_CHANGED", "createdAt": created, "data": data,
        });
        self.post("/v1/webhooks/toss").json(body).send().await
    }

    /// What was told of this kind, as it waits in the outbox.
    pub async fn told<E: Event>(&self) -> Vec<E> {
        let rows = self.rows().await;
        let rows = rows.table(Table::Outbox).iter();
        let envelopes = rows.filter_map(|item| outbox::pending(item).unwrap());
        let of_kind = envelopes.filter(|envelope: &Envelope| envelope.kind == E::KIND);
        of_kind.map(|envelope| envelope.open().unwrap()).collect()
    }

    /// A trade of [`AMOUNT`] that waits for the payer's money.
    pub async fn trade(&self) -> TradeId {
        let id = Id::from_uuid(self.app.app.entropy.uuid(self.now()));
        let auction = Id::from_uuid(self.app.app.entropy.uuid(self.now()));
        let agreement = Agreement {
            source: Source::Auction { auction, round: 0 },
            variant: Variant::Direct,
            seller: self.signed_in("seller").id,
            buyer: self.payer.id,
            title: "카메라".to_owned(),
            price: Won::constant(AMOUNT),
        };
        let trade = Trade::open(id, agreement, self.now());
        assert!(self.store().trade_open(&trade).await.unwrap());
        id
    }

    pub async fn trade_state(&self, trade: TradeId) -> &'static str {
        self.store().trade(trade).await.unwrap().unwrap().state.as_str()
    }

    pub async fn address(&self, of: UserId) -> AddressId {
        let id = Id::from_uuid(self.app.app.entropy.uuid(self.now()));
        let phone = "010-1234-5678".parse().unwrap();
        let address = Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap();
        let row = AddressRow { id, address, created_at: self.now() };
        self.store().commit(address_creation(of, &row)).await.unwrap();
        id
    }

    pub async fn begin_trade(&self, trade: TradeId, provider: &str) -> Begun {
        let address = self.address(self.payer.id).await;
        let body = json!({ "provider": provider, "addressId": address });
        let path = format!("/v1/trades/{trade}/payments");
        let reply = self.ask(&path, &self.fresh_key(), body).send().await;
        Begun::of(&reply.expect(201).json())
    }
}

impl Market {
    /// Registers a card of the payer's that behaves as its `authKey` says.
    pub async fn card(&self, auth_key: &str) -> PaymentMethodId {
        let reply = self.register(&self.payer, auth_key, "271828").await.expect(201);
        reply.json()["id"].as_str().unwrap().parse().unwrap()
    }

    pub async fn register(&self, who: &User, auth_key: &str, password: &str) -> Reply {
        let body = json!({ "authKey": auth_key, "password": password });
        let request = self.post("/v1/me/payment-methods").bearer(&self.token_of(who));
        request.key(&self.fresh_key()).json(body).send().await
    }

    pub async fn forget(&self, who: &User, card: PaymentMethodId) -> Reply {
        let path = format!("/v1/me/payment-methods/{card}");
        self.delete(&path).bearer(&self.token_of(who)).send().await
    }

    /// Two orders met at [`AMOUNT`], the payer buys; nobody was told yet.
    pub async fn matched(&self, funding: Funding) -> TradeId {
        let trade = self.match_of(funding);
        assert!(self.store().trade_open(&trade).await.unwrap());
        trade.id
    }

    fn match_of(&self, funding: Funding) -> Trade {
        let fresh = || self.app.app.entropy.uuid(self.now());
        let source = Source::Exchange(Match {
            item: Id::from_uuid(fresh()),
            option: "270".parse().unwrap(),
            buy: Id::from_uuid(fresh()),
            sell: Id::from_uuid(fresh()),
            funding,
            rebuy_if_failed: false,
            deposit: Split::ZERO,
        });
        let id = Id::from_uuid(fresh());
        let agreement = Agreement {
            source,
            variant: Variant::Inspected,
            seller: self.signed_in("seller").id,
            buyer: self.payer.id,
            title: "운동화 270".to_owned(),
            price: Won::constant(AMOUNT),
        };
        let phone = "010-1234-5678".parse().unwrap();
        let address = Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap();
        let trade = Trade::open(id, agreement, self.now());
        Trade { address: Some(address), ..trade }
    }

    /// A match that a card pays, with the bid's deposit as its placing leaves it.
    pub async fn by_card(&self, method: PaymentMethodId) -> TradeId {
        self.fund(DEPOSIT).await;
        let price = Won::constant(AMOUNT);
        let deposit = Split::spend_only(Won::constant(DEPOSIT));
        let bid = Some(CardBid { price, deposit });
        let trade = self.match_of(Funding::Card { method, bid });
        let subject = hold_of(trade.matched().unwrap().buy);
        let placed = Transaction::new()
            .card_bid(self.payer.id, method, price)
            .trade_opening(&trade)
            .hold(&subject, self.payer.id, deposit, self.now())
            .unwrap();
        self.store().commit(placed).await.unwrap();
        trade.id
    }

    /// Of before there was a deposit.
    pub async fn by_card_of_before(&self, method: PaymentMethodId) -> TradeId {
        self.matched(Funding::Card { method, bid: None }).await
    }

    /// Money in the payer's wallet.
    pub async fn fund(&self, amount: i64) {
        let reason = format!("test-top-up#{}", self.fresh_key());
        let to = Account::SpendOnly(self.payer.id);
        let accounts = Between { from: Account::Provider, to };
        let amount = Won::constant(amount);
        let movement = Movement::transfer(reason, MovementKind::TopUp, amount, accounts).unwrap();
        assert!(self.store().move_money(&movement, self.now()).await.unwrap());
    }

    /// Tells the worker of a match, as the bus would, without delivering.
    pub async fn call(&self, trade: TradeId) {
        let mut told = self.told::<TradeMatched>().await;
        told.retain(|told| told.trade.trade_id == trade);
        let event = self.app.app.entropy.uuid(self.now());
        self.publish(&Envelope::new(event, self.now(), &told[0])).await;
    }

    /// The attempts to charge a card for a trade.
    pub async fn charges(&self, trade: TradeId) -> Vec<Payment> {
        let mut charges = Vec::new();
        for number in 1..=4 {
            charges.extend(self.store().payment(charge_of_trade(trade, number)).await.unwrap());
        }
        charges
    }
}

/// A payment that was begun.
#[derive(Clone, Debug)]
pub struct Begun {
    pub id: String,
    pub order: String,
    pub amount: i64,
    pub path: String,
}

impl Begun {
    pub fn of(body: &Value) -> Self {
        let id = body["payment"]["id"].as_str().unwrap().to_owned();
        Self {
            path: format!("/v1/payments/{id}"),
            id,
            order: body["orderId"].as_str().unwrap().to_owned(),
            amount: body["payment"]["amount"].as_i64().unwrap(),
        }
    }
}
