//! The market of one run: the real functions on the embedded cloud, its people and its judges.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    sync::Arc,
};

use engines::dynoxide::Dynoxide;
use gateway::{fake::Providers, payout::FakeBank};
use kernel::{Clock, Instant, Span, UserId};
use local::{Cloud, CloudOptions, DataPlace, Invoker, Rates};
use platform::{App, Config, hashing::Hashing};
use testkit::PriorityChecker;

use crate::{
    Options,
    clock::PlayedClock,
    fleet::{Fleet, FleetParts, Log},
    history_log::HistoryLog,
    observations::Observations,
    person::{Hand, Part, Person},
    prng::Prng,
    tasks::Tasks,
    transition_checker::{TransitionChecker, Witnesses},
};

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
    /// Which of them are in one hand.
    pub coalitions: RefCell<Vec<Hand>>,
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
    pub keys: App,
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
        providers.parcels().set_clock(Arc::new(clock));
        let bank = FakeBank::default();
        let mut config = Config::local().with_providers_at(BASE);
        config.hashing = Hashing::LEAST;
        config.bank = Arc::new(bank.clone());
        config.provider_transport = Some(Arc::new(providers.in_process()));
        config.carrier_transport = Some(Arc::new(providers.in_process()));
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
        let parts = FleetParts {
            cloud: cloud.clone(),
            config,
            clock,
            log: Arc::clone(&log),
            history: Arc::clone(&history),
            transition_checker: Arc::clone(&transition_checker),
            spawner: tasks.spawner(),
            functions,
        };
        let fleet = Fleet::start(parts, options);
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
            coalitions: RefCell::default(),
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
