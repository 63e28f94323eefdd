//! The containers of a run, in which every invocation is a task of its own: they crash, are
//! recycled and disagree about the time.

use std::sync::{
    Arc, Mutex, PoisonError, Weak,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

use axum::Router;
use futures::future::{Either, select};
use kernel::Span;
use local::{Cloud, Invoked, Invoker};
use platform::{App, Config, Function, LogLines, Parts};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{
    Options, Points,
    clock::PlayedClock,
    crashes::Crashes,
    faults::Fault,
    history_log::HistoryLog,
    interruption::{Ended, Interruptible, Stall, Trace},
    prng::Prng,
    tasks::Spawner,
    transition_checker::TransitionChecker,
};

/// How many containers there are at any time.
const CONTAINERS: usize = 3;
static REGIONS: AtomicU64 = AtomicU64::new(0);

/// What all containers of a run share.
pub struct FleetParts {
    pub cloud: Cloud,
    pub config: Config,
    pub clock: PlayedClock,
    pub log: Arc<Log>,
    pub history: Arc<HistoryLog>,
    pub transition_checker: Arc<TransitionChecker>,
    pub spawner: Spawner,
    pub functions: Vec<&'static Function>,
}

/// The containers, and how they fare.
pub struct Fleet {
    parts: FleetParts,
    prng: Prng,
    containers: Mutex<Vec<Place>>,
    /// How many containers there were.
    made: AtomicU64,
    /// What befalls invocations.
    pub crashes: Crashes,
    /// The way of each invocation.
    points: Mutex<Points>,
    breaches: Mutex<Vec<String>>,
    me: Weak<Fleet>,
}

#[derive(Clone)]
struct Place {
    /// No other container of the run has it.
    number: u64,
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

impl Fleet {
    /// As many as there are at any time.
    pub fn start(parts: FleetParts, options: &Options) -> Arc<Self> {
        let fleet = Arc::new_cyclic(|me| Self {
            parts,
            prng: Prng::new(options.seed, "fleet"),
            containers: Mutex::default(),
            made: AtomicU64::new(0),
            crashes: Crashes::new(options),
            points: Mutex::default(),
            breaches: Mutex::default(),
            me: me.clone(),
        });
        for _ in 0..CONTAINERS {
            fleet.add();
        }
        fleet
    }

    /// A new container with a memory and a clock of its own.
    fn make(&self) -> Place {
        let skew =
            Span::millis(if self.crashes.are_on() { self.prng.between(-2_000, 2_000) } else { 0 });
        let app = App::new(Parts {
            config: self.parts.config.clone(),
            sdk: self.sdk(),
            clock: Arc::new(self.parts.clock.skewed(skew)),
            entropy: Arc::new(self.prng.clone()),
            log: Arc::<Log>::clone(&self.parts.log),
        })
        .unwrap();
        let router = local::router(&self.parts.cloud, app.clone(), &self.parts.functions);
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        Place { number, app, router, skewed: skew != Span::millis(0) }
    }

    /// The SDK counts how many retries it may still make per service and region, for the whole
    /// process: with a region of its own, a container shares that count with no other run.
    fn sdk(&self) -> aws_types::SdkConfig {
        let number = REGIONS.fetch_add(1, Ordering::Relaxed);
        let region = aws_types::region::Region::new(format!("run-{number}"));
        self.parts.cloud.sdk_config().into_builder().region(region).build()
    }

    fn add(&self) {
        let place = self.make();
        self.containers.lock().unwrap().push(place);
    }

    /// The host of one of them.
    pub fn app(&self) -> App {
        self.containers.lock().unwrap()[0].app.clone()
    }

    /// Puts a fresh container in the place of one of them.
    pub fn recycle(&self) {
        let which = {
            let containers = self.containers.lock().unwrap();
            containers[self.prng.below(containers.len())].number
        };
        self.replace(which);
    }

    /// Puts a fresh container in the place of this one, unless it is gone already.
    fn replace(&self, number: u64) {
        let place = self.make();
        let mut containers = self.containers.lock().unwrap();
        let Some(old) = containers.iter_mut().find(|place| place.number == number) else { return };
        let old = std::mem::replace(old, place);
        self.breaches.lock().unwrap().extend(old.app.breaches());
        self.parts.history.count("containers recycled");
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
            self.parts.history.strike(Fault::ClockSkew);
        }
        place
    }

    /// The gateway of one of the containers, and the container's number.
    pub fn router(&self) -> (u64, Router) {
        let place = self.pick();
        (place.number, place.router)
    }

    /// Whether the next invocation stands still somewhere.
    pub fn stall(&self) -> Option<Stall> {
        let stall = self.crashes.stall();
        if stall.is_some() {
            self.parts.history.strike(Fault::Stall);
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

    /// An invocation crashed: its container is gone, and what it remembered with it.
    pub fn crashed(&self, function: &str, container: u64) {
        self.parts.history.strike(Fault::Crash);
        self.parts.history.step(|| format!("crash of {function}"));
        self.replace(container);
    }

    /// The containers that there are, by number.
    #[cfg(test)]
    pub fn containers(&self) -> Vec<u64> {
        self.containers.lock().unwrap().iter().map(|place| place.number).collect()
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
        self.parts.transition_checker.look(&payload);
        let records = payload["Records"].as_array().map_or(1, Vec::len);
        self.parts.history.add(kind, 1);
        self.parts.history.add("records delivered", u64::try_from(records).unwrap_or(0));
        let id = function.id();
        self.parts.history.step(|| format!("invoke {id}"));
        let Place { number, app, .. } = self.pick();
        let work = platform::host::invoke(function, app, payload);
        let (nth, crash_at) = self.crashes.next(&id);
        let work = Interruptible::new(work, crash_at, self.stall());
        let (mut done, outcome) = oneshot::channel();
        self.parts.spawner.spawn(async move {
            let ended = {
                let over = std::pin::pin!(done.closed());
                match select(work, over).await {
                    Either::Left((ended, _)) => Some(ended),
                    // Its time is up, or the run is over: it ends where it stands.
                    Either::Right(_) => None,
                }
            };
            if let Some(ended) = ended {
                // An error means that the pump is gone: the run is over.
                let _over = done.send(ended);
            }
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
                        fleet.crashed(&id, number);
                    }
                    Err("crashed".to_owned())
                }
                Err(_) => Err("the run is over".to_owned()),
            }
        })
    }
}
