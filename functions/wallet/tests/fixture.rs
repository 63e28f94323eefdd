//! What the tests share: a marketplace of this context and the outbox, a bank, people with money.

use std::{ops::Deref, sync::Arc};

use domain::{
    ledger::{Account, Balance, Between, Movement, MovementKind, Posting},
    withdrawal::State,
};
use events::{Envelope, WithdrawalRequested};
use gateway::payout::{FakeBank, PayoutBank};
use kernel::{Id, TradeId, UserId, WithdrawalId, Won};
use serde_json::{Value, json};
use store::Read;
use testkit::{Reply, TestApp, User};
use uuid::Uuid;

pub struct World {
    app: TestApp,
    pub bank: FakeBank,
}

impl Deref for World {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.app
    }
}

pub fn trade(n: u128) -> TradeId {
    Id::from_uuid(Uuid::from_u128(n))
}

/// What came from outside and may leave: what most of these tests are about.
pub fn top_up(reason: &str, user: UserId, amount: i64) -> Movement {
    let accounts = Between { from: Account::Provider, to: Account::Earned(user) };
    let kind = MovementKind::TopUp;
    Movement::transfer(format!("top-up#{reason}"), kind, Won::constant(amount), accounts).unwrap()
}

pub fn movement(reason: &str, kind: MovementKind, postings: &[(Account, i64)]) -> Movement {
    let post = |(account, amount): &(Account, i64)| Posting { account: *account, amount: *amount };
    Movement::new(reason.to_owned(), kind, postings.iter().map(post).collect()).unwrap()
}

impl World {
    pub async fn start() -> Self {
        let bank = FakeBank::default();
        let app = Self::app(Arc::new(bank.clone())).await;
        Self { app, bank }
    }

    /// With another bank; [`World::bank`] stays idle.
    pub async fn paid_by(bank: Arc<dyn PayoutBank>) -> Self {
        Self { app: Self::app(bank).await, bank: FakeBank::default() }
    }

    async fn app(bank: Arc<dyn PayoutBank>) -> TestApp {
        let functions = [crate::FUNCTIONS, operation::FUNCTIONS].concat();
        TestApp::start_with(&functions, |config| config.bank = bank).await
    }

    /// A user who owns `amount`.
    pub async fn rich(&self, amount: i64) -> User {
        let user = self.signed_in("rich");
        self.give(&user, amount).await;
        user
    }

    pub async fn give(&self, user: &User, amount: i64) {
        let reason = self.app.app.entropy.uuid(self.now()).to_string();
        let movement = top_up(&reason, user.id, amount);
        assert!(self.store().move_money(&movement, self.now()).await.unwrap());
    }

    /// A user with `amount` and a payout account whose number ends so.
    pub async fn ready(&self, amount: i64, ending: &str) -> User {
        let user = self.rich(amount).await;
        self.register(&user, &format!("11023456{ending}")).await.expect(201);
        user
    }

    pub async fn register(&self, user: &User, number: &str) -> Reply {
        let body = account(number);
        self.post("/v1/me/payout-account").bearer(&user.token).json(body).send().await
    }

    pub async fn withdraw(&self, user: &User, key: &str, amount: Value) -> Reply {
        let request = self.post("/v1/wallet/withdrawals").bearer(&user.token).key(key);
        request.json(json!({ "amount": amount })).send().await
    }

    /// A withdrawal that nobody has worked on yet.
    pub async fn requested(&self, user: &User, amount: i64) -> WithdrawalId {
        let key = self.app.app.entropy.uuid(self.now()).to_string();
        let reply = self.withdraw(user, &key, json!(amount)).await.expect(201);
        reply.json()["id"].as_str().unwrap().parse().unwrap()
    }

    /// Calls the worker as the bus would, without delivering.
    pub async fn call(&self, user: &User, id: WithdrawalId) {
        let requested = WithdrawalRequested { withdrawal_id: id, user_id: user.id };
        let event = self.app.app.entropy.uuid(self.now());
        self.publish(&Envelope::new(event, self.now(), &requested)).await;
    }

    pub async fn state(&self, user: &User, id: WithdrawalId) -> State {
        self.store().withdrawal(user.id, id).await.unwrap().unwrap().withdrawal.state
    }

    pub async fn balance(&self, user: &User) -> Balance {
        self.store().balance(user.id, Read::Consistent).await.unwrap()
    }

    /// Available and held.
    pub async fn money(&self, user: &User) -> (i64, i64) {
        let balance = self.balance(user).await;
        (balance.available().get(), balance.held.get())
    }

    pub async fn read(&self, user: &User, path: &str) -> Value {
        self.get(path).bearer(&user.token).send().await.expect(200).json()
    }
}

pub fn account(number: &str) -> Value {
    json!({ "bankCode": "088", "accountNumber": number, "holder": "김민지" })
}
