//! The market of one run: the real functions on the embedded cloud, in several containers that
//! crash, are recycled and disagree about the time.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use axum::Router;
use domain::identity::Role;
use engines::dynoxide::Dynoxide;
use gateway::{fake::Providers, payout::FakeBank};
use kernel::{Clock, Id, Instant, Span, UserId};
use local::{Cloud, CloudOptions, DataPlace, Invoked, Invoker, Rates};
use platform::{App, Config, Entropy, Function, LogLines, Parts, hashing::Hashing};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{
    Options, Points,
    clock::PlayedClock,
    crashes::Crashes,
    faults::Fault,
    history_log::HistoryLog,
    interruption::{Ended, Interruptible, Stall, Trace},
    observations::Observations,
    person::{Part, Person},
    priority_checker::PriorityChecker,
    prng::Prng,
    tasks::{Spawner, Tasks},
    transition_checker::{TransitionChecker, Witnesses},
};

/// How many containers there are at any time.
const CONTAINERS: usize = 3;
static REGIONS: AtomicU64 = AtomicU64::new(0);
/// Where the providers stand. Nothing listens there.
const BASE: &str = "http://providers.local";

pub struct World {
    pub cloud: Cloud,
    pub clock: PlayedClock,
    pub history: Arc<HistoryLog>,
    pub transition_checker: Arc<TransitionChecker>,
    pub priority_checker: Arc<PriorityChecker>,
    pub providers: Providers,
    pub bank: FakeBank,
    pub tasks: Rc<Tasks>,
    pub fleet: Arc<Fleet>,
    pub log: Arc<Log>,
    pub observations: RefCell<Observations>,
    /// Who came, and as what.
    pub people: RefCell<Vec<(Part, Person)>>,
    /// Whoever has no stream of their own.
    pub prng: Prng,
    /// Actors of the market that are still at it.
    pub busy: Cell<usize>,
    /// The market is closed.
    pub asleep: Cell<bool>,
    /// Nothing goes wrong on purpose any more.
    pub calm: Cell<bool>,
    /// What is wrong, as soon as somebody sees it.
    pub findings: RefCell<Vec<String>>,
    keys: App,
}

/// The containers, and how they fare.
pub struct Fleet {
    cloud: Cloud,
    config: Config,
    clock: PlayedClock,
    prng: Prng,
    log: Arc<Log>,
    history: Arc<HistoryLog>,
    transition_checker: Arc<TransitionChecker>,
    spawner: Spawner,
    functions: Vec<&'static Function>,
    containers: Mutex<Vec<Place>>,
    /// What befalls invocations.
    pub crashes: Crashes,
    /// The way of each invocation.
    points: Mutex<Points>,
    breaches: Mutex<Vec<String>>,
    me: Weak<Fleet>,
}

#[derive(Clone)]
struct Place {
    app: App,
    router: Router,
    /// Its clock is wrong.
    skewed: bool,
}

/// Counts log lines, and keeps those that tell of something wrong.
#[derive(Default)]
pub struct Log {
    pub bad: Mutex<Vec<String>>,
    pub failed: AtomicU32,
}

impl LogLines for Log {
    fn line(&self, line: &Value) {
        if line["failed"] != 1 {
            return;
        }
        self.failed.fetch_add(1, Ordering::Relaxed);
        let text = line.to_string();
        // No fault of the cloud may make a handler panic, or answer what it cannot explain.
        if text.contains("panic:") || line["problem"] == "internal" {
            self.bad.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        }
    }
}

/// On our own engine, or on the engine crate.
fn cloud(dynoxide: bool, options: CloudOptions) -> Cloud {
    if dynoxide {
        let engine = Dynoxide::new(Arc::clone(&options.clock)).unwrap();
        Cloud::start_on(options, Box::new(engine)).unwrap()
    } else {
        Cloud::start(options).unwrap()
    }
}

impl World {
    pub fn new(options: &Options) -> Rc<Self> {
        let seed = options.seed;
        let clock = PlayedClock::start();
        let providers = Providers::new(BASE);
        let bank = FakeBank::default();
        let mut config = Config::local().with_providers_at(BASE);
        config.hashing = Hashing::LEAST;
        config.bank = Arc::new(bank.clone());
        config.provider_transport = Some(Arc::new(providers.in_process()));
        let functions = registry::functions();
        let cloud = cloud(
            options.dynoxide,
            CloudOptions {
                functions: functions.clone(),
                clock: Arc::new(clock),
                data: DataPlace::Memory,
                prefix: config.table_prefix.clone(),
            },
        );
        let history = Arc::new(HistoryLog::new(options.history));
        let transition_checker = Arc::new(TransitionChecker::default());
        let priority_checker = Arc::new(PriorityChecker::default());
        cloud.watch(Witnesses::all(&history, &transition_checker, &priority_checker));
        if let Some(saboteur) = options.saboteur.clone() {
            cloud.sabotage(move |action, body| saboteur(action, body));
        }
        let tasks = Tasks::new(Prng::new(seed, "schedule"));
        let log = Arc::new(Log::default());
        let fleet = Arc::new_cyclic(|me| Fleet {
            cloud: cloud.clone(),
            config,
            clock,
            prng: Prng::new(seed, "fleet"),
            log: Arc::clone(&log),
            history: Arc::clone(&history),
            transition_checker: Arc::clone(&transition_checker),
            spawner: tasks.spawner(),
            functions,
            containers: Mutex::default(),
            crashes: Crashes::new(options),
            points: Mutex::default(),
            breaches: Mutex::default(),
            me: me.clone(),
        });
        for _ in 0..CONTAINERS {
            fleet.add();
        }
        cloud.attach_invoker(Arc::<Fleet>::clone(&fleet) as Arc<dyn Invoker>);
        let keys = fleet.app();
        Rc::new(Self {
            cloud,
            clock,
            history,
            transition_checker,
            priority_checker,
            providers,
            bank,
            tasks,
            fleet,
            log,
            observations: RefCell::default(),
            people: RefCell::default(),
            prng: Prng::new(seed, "world"),
            busy: Cell::new(0),
            asleep: Cell::new(false),
            calm: Cell::new(false),
            findings: RefCell::default(),
            keys,
        })
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn app(&self) -> &App {
        &self.keys
    }

    /// Those who may do what nobody else may.
    pub fn admins(&self) -> BTreeSet<UserId> {
        let people = self.people.borrow();
        let admins = people.iter().filter(|(part, _)| *part == Part::Admin);
        admins.map(|(_, person)| person.id).collect()
    }

    pub async fn sleep(&self, span: Span) {
        tokio::time::sleep(span.std()).await;
    }

    pub fn found(&self, what: String) {
        let mut findings = self.findings.borrow_mut();
        if findings.len() < 50 {
            findings.push(what);
        }
    }

    /// An access token, signed without a log-in.
    pub fn token(&self, user: UserId, roles: &[Role]) -> String {
        let now = self.now();
        let session = Id::from_uuid(self.prng.uuid(now));
        self.keys.keys.access_token(user, session, roles, now).unwrap()
    }

    /// Delivers whatever is due, for ever.
    pub async fn pump(self: Rc<Self>) {
        loop {
            let mut idle = false;
            while !idle {
                let made = self.cloud.pump().await;
                self.history.add("pump passes", 1);
                idle = made == 0;
            }
            let due = self.cloud.next_due(Rates::Counted);
            let wait = due.map_or(Span::hours(1), |due| due.since(self.now()));
            let wait = wait.max(Span::millis(1));
            let written = std::pin::pin!(self.cloud.written());
            let slept = std::pin::pin!(self.sleep(wait));
            futures::future::select(written, slept).await;
        }
    }
}

impl Fleet {
    /// A new container with a memory and a clock of its own.
    fn make(&self) -> Place {
        let skew =
            Span::millis(if self.crashes.are_on() { self.prng.between(-2_000, 2_000) } else { 0 });
        let app = App::new(Parts {
            config: self.config.clone(),
            sdk: self.sdk(),
            clock: Arc::new(self.clock.skewed(skew)),
            entropy: Arc::new(self.prng.clone()),
            log: Arc::<Log>::clone(&self.log),
        })
        .unwrap();
        let router = local::router(&self.cloud, app.clone(), &self.functions);
        Place { app, router, skewed: skew != Span::millis(0) }
    }

    /// The SDK counts how many retries it may still make per service and region, for the whole
    /// process: with a region of its own, a container shares that count with no other run.
    fn sdk(&self) -> aws_types::SdkConfig {
        let number = REGIONS.fetch_add(1, Ordering::Relaxed);
        let region = aws_types::region::Region::new(format!("run-{number}"));
        self.cloud.sdk_config().into_builder().region(region).build()
    }

    fn add(&self) {
        let place = self.make();
        self.containers.lock().unwrap().push(place);
    }

    fn app(&self) -> App {
        self.containers.lock().unwrap()[0].app.clone()
    }

    /// Puts a fresh container in the place of one of them.
    pub fn recycle(&self) {
        let place = self.make();
        let mut containers = self.containers.lock().unwrap();
        let which = self.prng.below(containers.len());
        let old = std::mem::replace(&mut containers[which], place);
        self.breaches.lock().unwrap().extend(old.app.breaches());
        self.history.count("containers recycled");
    }

    /// Answers outside their contracts, so far.
    pub fn breaches(&self) -> Vec<String> {
        let mut all = self.breaches.lock().unwrap().clone();
        all.extend(self.containers.lock().unwrap().iter().flat_map(|place| place.app.breaches()));
        all
    }

    fn pick(&self) -> Place {
        let containers = self.containers.lock().unwrap();
        let place = containers[self.prng.below(containers.len())].clone();
        if place.skewed {
            self.history.strike(Fault::ClockSkew);
        }
        place
    }

    /// The gateway of one of the containers.
    pub fn router(&self) -> Router {
        self.pick().router
    }

    /// Whether the next invocation stands still somewhere.
    pub fn stall(&self) -> Option<Stall> {
        let stall = self.crashes.stall();
        if stall.is_some() {
            self.history.strike(Fault::Stall);
        }
        stall
    }

    /// An invocation is over, and went this way.
    pub fn done(&self, function: &str, nth: u32, trace: Trace) {
        self.points.lock().unwrap().insert((function.to_owned(), nth), trace);
    }

    #[must_use]
    pub fn points(&self) -> Points {
        self.points.lock().unwrap().clone()
    }

    /// An invocation crashed: its container is gone, and sometimes others are recycled as well.
    pub fn crashed(&self, function: &str) {
        self.history.strike(Fault::Crash);
        self.history.step(|| format!("crash of {function}"));
        self.recycle();
    }
}

/// Every invocation is a task of its own, in whichever container.
impl Invoker for Fleet {
    fn invoke(&self, function: &'static Function, payload: Value) -> Invoked {
        let kind = match &function.trigger {
            platform::Trigger::Queue(_) => "queue batch",
            platform::Trigger::Stream(_) => "stream batch",
            platform::Trigger::Schedule(_) => "schedule tick",
            platform::Trigger::Http(_) => "invocation",
        };
        self.transition_checker.look(&payload);
        let records = payload["Records"].as_array().map_or(1, Vec::len);
        self.history.add(kind, 1);
        self.history.add("records delivered", u64::try_from(records).unwrap_or(0));
        let id = function.id();
        self.history.step(|| format!("invoke {id}"));
        let app = self.pick().app;
        let work = platform::host::invoke(function, app, payload);
        let (nth, crash_at) = self.crashes.next(&id);
        let work = Interruptible::new(work, crash_at, self.stall());
        let (done, outcome) = oneshot::channel();
        self.spawner.spawn(async move {
            // An error means that the pump is gone: the run is over.
            let _over = done.send(work.await);
        });
        let fleet = self.me.clone();
        Box::pin(async move {
            match outcome.await {
                Ok(Ended::Done(answer, trace)) => {
                    if let Some(fleet) = fleet.upgrade() {
                        fleet.done(&id, nth, trace);
                    }
                    answer.map_err(|failure| failure.to_string())
                }
                Ok(Ended::Crashed) => {
                    if let Some(fleet) = fleet.upgrade() {
                        fleet.crashed(&id);
                    }
                    Err("crashed".to_owned())
                }
                Err(_) => Err("the run is over".to_owned()),
            }
        })
    }
}
