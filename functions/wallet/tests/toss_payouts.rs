//! Withdrawals that Toss pays out: over HTTP, over a weekend, and through every fault.

use std::{ops::Deref, sync::Arc};

use domain::{
    identity::{Account, Role},
    withdrawal::State,
};
use events::{Envelope, WithdrawalRequested};
use gateway::{
    fake::{FaultKind, PAYOUT_SECURITY_KEY, Providers, Server, UNIDENTIFIED_ENDING},
    payout::{TossPayoutSettings, TossPayouts},
};
use kernel::{Id, SessionId, Span, WithdrawalId};
use local::{Fault, FaultKind as CloudFault};
use serde_json::Value;
use store::{Table, identity::Session};
use testkit::{Reply, User};
use uuid::Uuid;

use crate::{
    paying::pay,
    tests::fixture::{World, account},
};

const WORKER: &str = "wallet-on-withdrawal-requested";
/// The world begins on a Saturday at nine in the morning. What is played of it, minute by minute …
const SATURDAY: Span = Span::hours(8);
/// … and what is skipped: then it is Monday, before the bank opens.
const SUNDAY: Span = Span::hours(38);
const MONDAY: &str = "2026-11-23";

struct Market {
    // Before the server: what is still due when a test ends is asked of it.
    world: World,
    server: Server,
}

impl Deref for Market {
    type Target = World;
    fn deref(&self) -> &World {
        &self.world
    }
}

impl Market {
    async fn start() -> Self {
        let server = Server::start().unwrap();
        let toss = TossPayouts::new(TossPayoutSettings {
            base_url: format!("{}/toss", server.base()),
            secret_key: "test_sk_payouts".to_owned(),
            security_key: PAYOUT_SECURITY_KEY.to_owned(),
            test_code: None,
            answer_within: Span::seconds(20),
        });
        let world = World::paid_by(Arc::new(toss)).await;
        Self { world, server }
    }

    fn toss(&self) -> &Providers {
        &self.server.providers
    }

    /// A user with `amount`, who can be reached, with an account whose number ends so.
    async fn reachable(&self, amount: i64, ending: &str) -> User {
        let user = self.rich(amount).await;
        self.sign_up(&user).await;
        self.register(&user, &format!("11023456{ending}")).await.expect(201);
        user
    }

    async fn sign_up(&self, user: &User) {
        let (id, now) = (user.id, self.now());
        let digits = id.uuid().as_u128() % 100_000_000;
        let account = Account {
            id,
            email: Some(format!("u{digits:08}@example.com").parse().unwrap()),
            phone: Some(format!("010{digits:08}").parse().unwrap()),
            nickname: format!("u{digits:08}").parse().unwrap(),
            roles: Vec::new(),
            password_hash: None,
            created_at: now,
            version: 1,
            epoch: 0,
        };
        let session = Session {
            id: SessionId::from_uuid(id.uuid()),
            user: id,
            token_hash: String::new(),
            epoch: 0,
            created_at: now,
            expires: now,
        };
        // Of a withdrawal that is nowhere: nobody's work.
        let nothing =
            WithdrawalRequested { withdrawal_id: Id::from_uuid(Uuid::nil()), user_id: id };
        let untold = Envelope::new(self.app.entropy.uuid(now), now, &nothing);
        self.store().user_create(&account, &session, &untold).await.unwrap();
    }

    /// Asked for, and at the worker.
    async fn sent(&self, user: &User, amount: i64) -> WithdrawalId {
        let id = self.requested(user, amount).await;
        self.run_until_idle().await;
        id
    }

    /// The bank works through what it has, and the sweep hears of it.
    async fn paid(&self) {
        self.toss().run_payouts();
        self.toss().run_payouts();
        self.advance(Span::minutes(30)).await;
    }

    async fn shown(&self, user: &User, id: WithdrawalId) -> Value {
        // The first token does not last over a weekend.
        let user = User { id: user.id, token: self.token(user.id, &[Role::User]) };
        self.read(&user, &format!("/v1/wallet/withdrawals/{id}")).await
    }

    /// One withdrawal of 400 of 1,000 won, and at most one payout.
    async fn ended(&self, user: &User, id: WithdrawalId, case: &str) {
        let payouts = self.toss().payouts();
        let names: Vec<_> = payouts.iter().map(|payout| payout.name.clone()).collect();
        assert_eq!(names, [id.to_string()], "{case}");
        assert_eq!(self.state(user, id).await, State::Done, "{case}");
        assert_eq!(self.money(user).await, (600, 0), "{case}");
        assert_eq!(self.toss().paid_out(), 400, "{case}");
    }
}

#[tokio::test]
async fn a_payout_over_the_weekend_is_waited_for() {
    let market = Market::start().await;
    let minji = market.reachable(1_000, "7890").await;
    let id = market.sent(&minji, 400).await;
    assert_eq!(market.toss().payouts()[0].day.as_deref(), Some(MONDAY));
    market.advance(SATURDAY).await;
    let asked = market.toss().calls("toss:read_payout");
    assert!((10..25).contains(&asked), "{asked}");
    market.clock.advance(SUNDAY);
    market.run_until_idle().await;
    assert_eq!(market.shown(&minji, id).await["state"], "sending");
    assert_eq!(market.money(&minji).await, (600, 400));
    market.toss().run_payouts();
    market.advance(Span::hours(2)).await;
    assert_eq!(market.state(&minji, id).await, State::Sending, "in progress");
    market.toss().run_payouts();
    market.advance(Span::hours(2)).await;
    market.ended(&minji, id, "paid on Monday").await;
    let calls = |action: &str| market.toss().calls(action);
    assert_eq!((calls("toss:payout"), calls("toss:payouts")), (1, 0));
    assert!(calls("toss:read_payout") < 35, "{}", calls("toss:read_payout"));
}

#[tokio::test]
async fn what_comes_back_after_a_day_is_available_again_once() {
    let market = Market::start().await;
    market.cloud.adjust(|knobs| knobs.message_copies = 3);
    let minji = market.reachable(1_000, "8888").await;
    let id = market.sent(&minji, 400).await;
    market.clock.advance(Span::days(1));
    market.run_until_idle().await;
    assert_eq!(market.money(&minji).await, (600, 400));
    market.paid().await;
    assert_eq!(market.state(&minji, id).await, State::Failed);
    let failure = market.shown(&minji, id).await["failure"].as_str().unwrap().to_owned();
    assert!(failure.contains("CLOSED_ACCOUNT"), "{failure}");
    market.call(&minji, id).await;
    market.advance(Span::hours(1)).await;
    assert_eq!(market.money(&minji).await, (1_000, 0));
    assert_eq!(market.toss().paid_out(), 0);
}

#[tokio::test]
async fn who_never_said_who_they_are_is_not_paid_and_told_so() {
    let market = Market::start().await;
    let minji = market.reachable(1_000, UNIDENTIFIED_ENDING).await;
    let id = market.sent(&minji, 400).await;
    let shown = market.shown(&minji, id).await;
    assert_eq!(shown["state"], "failed");
    assert!(shown["failure"].as_str().unwrap().contains("identity"), "{shown}");
    assert_eq!(market.money(&minji).await, (1_000, 0));
    assert_eq!(market.toss().payouts(), []);
}

#[tokio::test]
async fn every_call_to_toss_may_be_lost_before_or_after_it_took_effect() {
    let kinds = [
        FaultKind::LostBefore,
        FaultKind::LostAfter,
        FaultKind::Status500,
        FaultKind::Garbage,
        FaultKind::TossCode("IDEMPOTENT_REQUEST_PROCESSING"),
    ];
    for ordering in kinds {
        for asking in kinds {
            let market = Market::start().await;
            let minji = market.reachable(1_000, "7890").await;
            market.toss().fail("toss:payout", 1, ordering);
            // The list is lost twice, and so is the first look at what has a name by then.
            for action in ["toss:payouts", "toss:payouts", "toss:read_payout"] {
                market.toss().fail(action, 1, asking);
            }
            let id = market.sent(&minji, 400).await;
            for _ in 0..4 {
                assert_eq!(market.state(&minji, id).await, State::Sending);
                assert_eq!(market.money(&minji).await, (600, 400));
                market.advance(Span::minutes(5)).await;
            }
            market.paid().await;
            let case = format!("{ordering:?}, then {asking:?}");
            market.ended(&minji, id, &case).await;
            assert!(market.toss().calls("toss:payout") <= 2, "{case}");
        }
    }
}

#[tokio::test]
async fn the_worker_may_break_off_before_and_after_everything_it_writes() {
    for what in [CloudFault::TimeoutBefore, CloudFault::TimeoutAfter, CloudFault::Status500] {
        // Read; claim, and lay down until later; finish.
        for (action, nth) in
            [("GetItem", 1), ("UpdateItem", 1), ("UpdateItem", 2), ("TransactWriteItems", 1)]
        {
            for strikes in [1, 30] {
                broken_off(action, nth, strikes, what).await;
            }
        }
    }
}

async fn broken_off(action: &str, nth: u32, strikes: u32, what: CloudFault) {
    let market = Market::start().await;
    market.expect_failures();
    market.cloud.pause(WORKER);
    let minji = market.reachable(1_000, "7890").await;
    let id = market.sent(&minji, 400).await;
    for _ in 0..strikes {
        let fault = Fault { nth, ..Fault::next(&format!("dynamodb:{action}"), what) };
        market.cloud.faults().push(fault.on(Table::Wallet));
    }
    market.cloud.resume(WORKER);
    market.run_until_idle().await;
    // The finish comes later: let it break off, too.
    market.toss().run_payouts();
    market.toss().run_payouts();
    market.advance(Span::minutes(6)).await;
    market.cloud.faults().clear();
    // What broke off before it was ordered is ordered now.
    market.advance(Span::minutes(12)).await;
    market.paid().await;
    let case = format!("{action} {nth} {what:?} ×{strikes}");
    market.ended(&minji, id, &case).await;
    assert_eq!(market.toss().calls("toss:payout"), 1, "{case}");
}

#[tokio::test]
async fn two_containers_at_once_order_once() {
    let market = Market::start().await;
    market.cloud.pause(WORKER);
    let minji = market.reachable(10_000, "7890").await;
    let (other, _) = market.another_container();
    for _ in 0..5 {
        let (id, now) = (market.requested(&minji, 100).await, market.now());
        let works = [&market.app, &other, &market.app].map(|app| pay(app, minji.id, id, now));
        for outcome in futures::future::join_all(works).await {
            outcome.unwrap();
        }
    }
    assert_eq!((market.toss().payouts().len(), market.toss().calls("toss:payout")), (5, 5));
    market.cloud.resume(WORKER);
    market.run_until_idle().await;
    market.paid().await;
    assert_eq!((market.money(&minji).await, market.toss().paid_out()), ((9_500, 0), 500));
}

#[tokio::test]
async fn toss_must_know_the_account_and_reach_its_holder() {
    let market = Market::start().await;
    let minji = market.rich(1_000).await;
    let refused = |reply: Reply, word: &str| {
        assert_eq!((reply.status(), &*reply.code()), (409, "payout-account-unverified"));
        assert!(reply.json()["detail"].as_str().unwrap().contains(word), "{}", reply.json());
    };
    refused(market.register(&minji, "110234567890").await, "phone");
    market.sign_up(&minji).await;
    refused(market.register(&minji, "110234569999").await, "holder");
    market.toss().fail("toss:seller", 1, FaultKind::LostAfter);
    market.expect_failures();
    market.register(&minji, "110234567890").await.expect_problem(503, "try-again");
    market.register(&minji, "110234567890").await.expect(201);
    assert_eq!(market.toss().sellers(), 1);
    // Toss's name of the payee is sealed together with the number.
    let rows = format!("{:?}", market.rows().await.table(Table::Wallet));
    assert!(!rows.contains("seller_") && !rows.contains("110234567890"), "{rows}");
    assert_eq!(market.read(&minji, "/v1/me/payout-account").await["accountNumber"], "********7890");
}

#[tokio::test]
async fn another_account_is_another_payee_and_older_withdrawals_keep_theirs() {
    let market = Market::start().await;
    market.cloud.pause(WORKER);
    let minji = market.reachable(1_000, "8888").await; // paid, and comes back
    let old = market.requested(&minji, 400).await;
    let body = account("110234561111");
    market.put("/v1/me/payout-account").bearer(&minji.token).json(body).send().await.expect(200);
    let new = market.requested(&minji, 500).await;
    market.cloud.resume(WORKER);
    market.run_until_idle().await;
    market.paid().await;
    let states = (market.state(&minji, old).await, market.state(&minji, new).await);
    assert_eq!(states, (State::Failed, State::Done));
    assert_eq!(market.money(&minji).await, (500, 0));
    assert_eq!((market.toss().sellers(), market.toss().paid_out()), (2, 500));
}
