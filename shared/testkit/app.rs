//! The harness.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::Router;
use domain::{
    identity::Role,
    ledger::{Account, Debt, Movement, MovementKind, Posting},
};
use engines::dynoxide::Dynoxide;
use events::Envelope;
use gateway::fake::{ParcelNotice, Parcels, Providers};
use kernel::{Clock, Id, Instant, Span, TradeId, UserId, Won};
use local::{Cloud, CloudOptions, DataPlace, Permission, Rates, VirtualClock};
use platform::{App, Config, Function, MemoryLog, Parts, SystemEntropy};
use store::{
    Store, Transaction,
    auction::{Strike, StrikeKind},
};

use crate::{
    RequestBuilder, START, card_bids, exchange, invariants, money, parcels, payments, rows::Rows,
};

/// A marketplace of some functions on an embedded cloud of its own. Dropping it delivers what is
/// due and checks the invariants, unless the test is failing already.
pub struct TestApp {
    pub cloud: Cloud,
    pub app: App,
    pub clock: Arc<VirtualClock>,
    log: Arc<MemoryLog>,
    parcels: Parcels,
    router: Router,
    functions: Vec<&'static Function>,
    expected_dead: Mutex<Vec<String>>,
    expects_failures: AtomicBool,
    unchecked: AtomicBool,
}

/// What functions needed of their grants in every market of this process that was dropped.
static USED: Mutex<BTreeMap<String, BTreeSet<Permission>>> = Mutex::new(BTreeMap::new());

fn note(permissions: BTreeMap<String, BTreeSet<Permission>>) {
    let mut used = USED.lock().unwrap();
    for (function, needed) in permissions {
        used.entry(function).or_default().extend(needed);
    }
}

/// What functions needed of their grants, by function id, in every [`TestApp`] of this process that
/// has ended.
#[must_use]
pub fn permissions_used() -> BTreeMap<String, BTreeSet<Permission>> {
    USED.lock().unwrap().clone()
}

/// From here on a test waits rather than watches.
const LONG_WAIT: Span = Span::hours(3);

/// Somebody with an access token.
#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub token: String,
}

impl TestApp {
    /// Starts `functions` on an empty cloud at [`START`].
    pub async fn start(functions: &[&'static Function]) -> Self {
        Self::start_with(functions, |_| {}).await
    }

    /// Like [`TestApp::start`], on the engine of `cargo dev`, which alone shows a transaction item
    /// by item.
    #[expect(clippy::unused_async, reason = "a test reads the same whether starting awaits or not")]
    pub async fn start_in_memory(functions: &[&'static Function]) -> Self {
        Self::build(functions, Config::local(), |options| Cloud::start(options).unwrap())
    }

    /// Like [`TestApp::start`], with another configuration.
    #[expect(clippy::unused_async, reason = "a test reads the same whether starting awaits or not")]
    pub async fn start_with(
        functions: &[&'static Function],
        adjust: impl FnOnce(&mut Config),
    ) -> Self {
        let mut config = Config::local();
        adjust(&mut config);
        // Not the engine of `cargo dev`: what one of the two answers wrongly is found.
        Self::build(functions, config, |options| {
            let engine = Dynoxide::new(Arc::clone(&options.clock)).unwrap();
            Cloud::start_on(options, Box::new(engine)).unwrap()
        })
    }

    fn build(
        functions: &[&'static Function],
        mut config: Config,
        start: impl FnOnce(CloudOptions) -> Cloud,
    ) -> Self {
        let clock = Arc::new(VirtualClock::new(START.parse().unwrap()));
        let carriers = Providers::new("http://carriers.local");
        config.carrier_api_url = "http://carriers.local/carrier/graphql".to_owned();
        config.carrier_transport = Some(Arc::new(carriers.in_process()));
        let parcels = carriers.parcels().clone();
        parcels.set_clock(Arc::<VirtualClock>::clone(&clock));
        let options = CloudOptions {
            functions: functions.to_vec(),
            clock: Arc::<VirtualClock>::clone(&clock),
            data: DataPlace::Memory,
            prefix: config.table_prefix.clone(),
        };
        let cloud = start(options);
        let log = Arc::new(MemoryLog::default());
        let app = App::new(Parts {
            config,
            sdk: cloud.sdk_config(),
            clock: Arc::<VirtualClock>::clone(&clock),
            entropy: Arc::new(SystemEntropy),
            log: Arc::<MemoryLog>::clone(&log),
        })
        .unwrap();
        cloud.attach(app.clone());
        let router = local::router(&cloud, app.clone(), functions);
        Self {
            cloud,
            app,
            clock,
            log,
            parcels,
            router,
            functions: functions.to_vec(),
            expected_dead: Mutex::default(),
            expects_failures: AtomicBool::new(false),
            unchecked: AtomicBool::new(false),
        }
    }

    /// Another container: the same cloud and clock, its own memory.
    pub fn another_container(&self) -> (App, Router) {
        self.container(|_| {})
    }

    /// The same with another configuration.
    pub fn container(&self, adjust: impl FnOnce(&mut Config)) -> (App, Router) {
        let mut config = self.app.config.clone();
        adjust(&mut config);
        let app = App::new(self.parts(config)).unwrap();
        let router = local::router(&self.cloud, app.clone(), &self.functions);
        (app, router)
    }

    fn parts(&self, config: Config) -> Parts {
        Parts {
            config,
            sdk: self.cloud.sdk_config(),
            clock: Arc::<VirtualClock>::clone(&self.clock),
            entropy: Arc::new(SystemEntropy),
            log: Arc::<MemoryLog>::clone(&self.log),
        }
    }

    /// One that has read the secrets from the cloud, and looks at them again.
    pub async fn whole_container(&self) -> (App, Router) {
        let parts = self.parts(self.app.config.clone());
        let app = platform::host::start_whole(parts).await.unwrap();
        let router = local::router(&self.cloud, app.clone(), &self.functions);
        (app, router)
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// What the carriers have.
    pub const fn parcels(&self) -> &Parcels {
        &self.parcels
    }

    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// The whole gateway, for requests of a special shape.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// A fresh user with an access token; no account stands behind it.
    pub fn signed_in(&self, _name: &str) -> User {
        self.token_with_roles(&[Role::User])
    }

    /// Notes a broken promise of a user's, of a trade that nobody knows.
    pub async fn strike(&self, user: UserId, kind: StrikeKind, at: Instant) {
        let trade = Id::from_uuid(self.app.entropy.uuid(self.now()));
        self.store().strike(user, Strike { kind, trade, at }).await.unwrap();
    }

    /// Lets one user owe another for a trade's penalty, of which nothing could be taken.
    pub async fn owe(&self, debtor: UserId, creditor: UserId, amount: i64) -> TradeId {
        let trade = Id::from_uuid(self.app.entropy.uuid(self.now()));
        let left = Won::constant(amount);
        let debt = Debt { trade, debtor, creditor: Some(creditor), left, born_at: self.now() };
        let owed = Posting { account: Account::Penalty(debtor), amount: -amount };
        let claim = Posting { account: Account::Claim(trade), amount };
        let reason = format!("penalty#{trade}");
        let penalty = Movement::new(reason, MovementKind::Penalty, vec![owed, claim]).unwrap();
        let transaction = Transaction::new().movement(&penalty, self.now()).debt(&debt);
        self.store().commit(transaction).await.unwrap();
        trade
    }

    pub fn admin(&self) -> User {
        self.token_with_roles(&[Role::User, Role::Admin])
    }

    pub fn token_with_roles(&self, roles: &[Role]) -> User {
        let id = Id::from_uuid(self.app.entropy.uuid(self.now()));
        User { id, token: self.token(id, roles) }
    }

    /// An access token for an account that exists.
    pub fn token(&self, user: UserId, roles: &[Role]) -> String {
        let session = Id::from_uuid(self.app.entropy.uuid(self.now()));
        self.app.keys.access_token(user, session, roles, self.now()).unwrap()
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.router.clone(), "GET", path)
    }
    pub fn post(&self, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.router.clone(), "POST", path)
    }
    pub fn put(&self, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.router.clone(), "PUT", path)
    }
    pub fn patch(&self, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.router.clone(), "PATCH", path)
    }
    pub fn delete(&self, path: &str) -> RequestBuilder {
        RequestBuilder::new(self.router.clone(), "DELETE", path)
    }

    /// What the carriers have to tell now, to be sent.
    pub fn parcel_notices(&self) -> Vec<RequestBuilder> {
        let request = |notice: ParcelNotice| {
            let path = notice.url.strip_prefix(&self.app.config.api_url).unwrap();
            let body =
                serde_json::json!({ "carrierId": notice.carrier, "trackingNumber": notice.number });
            self.post(path).json(body)
        };
        self.parcels.take_notices().into_iter().map(request).collect()
    }

    /// Puts an event on the bus, as the relay would.
    pub async fn publish(&self, envelope: &Envelope) {
        self.app.publisher.publish(std::slice::from_ref(envelope)).await.unwrap();
    }

    /// Delivers everything due now; answers how many invocations that took.
    pub async fn run_until_idle(&self) -> usize {
        self.cloud.run_until_idle().await
    }

    /// Plays virtual time forward, delivering what becomes due on the way, schedules included.
    /// Through longer waits the sweeps come every 15 minutes; in the last hour, every minute.
    pub async fn advance(&self, span: Span) {
        let until = self.now() + span;
        if span > LONG_WAIT {
            self.cloud.adjust(|knobs| knobs.rates_apart = Span::minutes(15));
            self.cloud.play(&self.clock, until - Span::hours(1), Rates::Counted).await;
            self.cloud.adjust(|knobs| knobs.rates_apart = Span::millis(0));
        }
        self.cloud.play(&self.clock, until, Rates::Counted).await;
    }

    /// Invokes one function with a raw Lambda payload, as AWS would.
    pub async fn invoke(
        &self,
        id: &str,
        payload: serde_json::Value,
    ) -> Result<serde_json::Value, platform::Failure> {
        let function = self.functions.iter().find(|function| function.id() == id);
        let function = function.unwrap_or_else(|| panic!("no function {id} in this test"));
        platform::host::invoke(function, self.app.clone(), payload).await
    }

    /// Every log line so far.
    pub fn log_lines(&self) -> Vec<serde_json::Value> {
        self.log.lines()
    }

    /// Every committed row.
    pub async fn rows(&self) -> Rows {
        Rows::read(&self.app, &self.cloud).await
    }

    /// Messages that end in this queue's dead-letter queue are part of the test.
    pub fn expect_dead(&self, queue: &str) {
        self.expected_dead.lock().unwrap().push(queue.to_owned());
    }

    /// Invocations that fail (5xx answers, given-up records) are part of the test.
    pub fn expect_failures(&self) {
        self.expects_failures.store(true, Ordering::Relaxed);
    }

    /// The test leaves the market in a state that no invariant fits. Say why at the call.
    pub fn leave_unchecked(&self) {
        self.unchecked.store(true, Ordering::Relaxed);
    }

    async fn check(&self) {
        self.cloud.faults().clear();
        self.run_until_idle().await;
        assert_eq!(self.app.breaches(), Vec::<String>::new(), "answers outside the contract");
        let permissions = self.cloud.permissions();
        let denied = permissions.denied;
        assert!(denied.is_empty(), "beyond their grants: {denied:#?}");
        note(permissions.used);
        note(self.secrets_used());
        self.check_queues();
        if !self.expects_failures.load(Ordering::Relaxed) {
            let failed = self.log.lines().into_iter().filter(|line| line["failed"] == 1);
            let failed: Vec<_> = failed.map(|line| line.to_string()).collect();
            assert!(failed.is_empty(), "failed invocations: {failed:#?}");
            assert!(self.cloud.failed().is_empty(), "given up: {:#?}", self.cloud.failed());
        }
        for line in self.log.lines().iter().filter(|line| line["milliUnits"].is_number()) {
            let units = |name: &str| line[name].as_u64().unwrap();
            let sum = units("milliReads") + units("milliWrites");
            assert_eq!(units("milliUnits"), sum, "{line}");
        }
        let has = |id: &str| self.functions.iter().any(|function| function.id() == id);
        let rows = self.rows().await;
        if has("operation-relay-outbox") {
            let waiting = rows.outbox_waiting();
            assert!(waiting.is_empty(), "events that never left: {waiting:?}");
        }
        invariants::check_lives(&rows);
        invariants::check(&rows, has("auction-on-head-changed"));
        money::check(&rows);
        payments::check(&rows);
        card_bids::check(&rows);
        parcels::check(&rows);
        let (book, trades) = (has("exchange-on-book-changed"), has("exchange-on-trade-moved"));
        exchange::check(&rows, exchange::Ran { book, trades });
    }

    /// Who worked with which secret, as the permission to read it.
    fn secrets_used(&self) -> BTreeMap<String, BTreeSet<Permission>> {
        let mut used: BTreeMap<String, BTreeSet<Permission>> = BTreeMap::new();
        for (context, name, secret) in self.app.keys.uses() {
            let id = format!("{context}-{}", name.replace('_', "-"));
            used.entry(id).or_default().insert(local::reading(secret));
        }
        used
    }

    fn check_queues(&self) {
        let expected = self.expected_dead.lock().unwrap().clone();
        for queue in self.cloud.queues() {
            let counts = (queue.counts.visible, queue.counts.in_flight);
            let dead = queue.dead.visible + queue.dead.in_flight;
            if expected.contains(&queue.name) {
                assert!(dead > 0, "nothing died in {}, as the test expects", queue.name);
                continue;
            }
            assert_eq!(counts, (0, 0), "queue {} is not drained", queue.name);
            assert_eq!(dead, 0, "dead letters of {}", queue.name);
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() || self.unchecked.load(Ordering::Relaxed) {
            return;
        }
        // The test's own runtime is busy running this drop: check on another one.
        let outcome = std::thread::scope(|scope| {
            let check = || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.unwrap().block_on(self.check());
            };
            scope.spawn(check).join()
        });
        if let Err(panic) = outcome {
            std::panic::resume_unwind(panic);
        }
    }
}
