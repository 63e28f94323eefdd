//! One AWS account: everything the services share. The connector owns it, apps own the
//! connector; it must not own an app, or nothing would ever be freed.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use kernel::{Clock, Span};
use tokio::sync::Notify;

use crate::{
    capacity::Buckets,
    clock::MovedClock,
    disk::{Disk, Record},
    dynamo::{Engine, InFlight, Replica},
    environments::Environments,
    fault::Faults,
    hooks::Hooks,
    knobs::Knobs,
    lapse::Lapsing,
    names::Names,
    permissions::Ledger,
    random::Draws,
    state::State,
    throttling::Gate,
    usage::Usage,
    visibility::Veils,
    wiring::Wiring,
};

pub(crate) struct Account {
    pub names: Names,
    pub clock: Arc<dyn Clock>,
    pub engine: Box<dyn Engine>,
    /// The clock, where a person may move it.
    pub moved_clock: OnceLock<Arc<MovedClock>>,
    pub in_flight: InFlight,
    /// What transactions decided that is not true yet.
    pub veils: Veils,
    /// Where functions run.
    pub environments: Environments,
    pub gate: Gate,
    /// Which batches are visible again while they are worked on.
    pub lapsing: Lapsing,
    pub wiring: Wiring,
    pub faults: Faults,
    pub hooks: Hooks,
    /// An older copy of the tables, for stale index reads.
    pub replica: Replica,
    /// Told at every call that may have made something due.
    pub written: Notify,
    state: Mutex<Kept>,
    knobs: Mutex<Knobs>,
    usage: Mutex<Usage>,
    permissions: Mutex<Ledger>,
    buckets: Mutex<Buckets>,
    draws: Mutex<Draws>,
}

impl Account {
    pub fn new(
        names: Names,
        clock: Arc<dyn Clock>,
        engine: Box<dyn Engine>,
        wiring: Wiring,
        state: Kept,
    ) -> Self {
        Self {
            names,
            clock,
            engine,
            moved_clock: OnceLock::new(),
            in_flight: InFlight::default(),
            veils: Veils::default(),
            environments: Environments::default(),
            gate: Gate::default(),
            lapsing: Lapsing::default(),
            wiring,
            faults: Faults::default(),
            hooks: Hooks::default(),
            replica: Replica::default(),
            written: Notify::new(),
            state: Mutex::new(state),
            knobs: Mutex::default(),
            usage: Mutex::default(),
            permissions: Mutex::default(),
            buckets: Mutex::default(),
            draws: Mutex::default(),
        }
    }

    /// Looks at the state. Must not be nested.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&lock(&self.state).state)
    }

    /// Changes the state, and writes what changed into the data folder. Must not be nested.
    pub fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut kept = lock(&self.state);
        let done = act(&mut kept.state);
        kept.keep();
        done
    }

    pub fn knobs<T>(&self, act: impl FnOnce(&mut Knobs) -> T) -> T {
        act(&mut lock(&self.knobs))
    }

    pub fn usage<T>(&self, act: impl FnOnce(&mut Usage) -> T) -> T {
        act(&mut lock(&self.usage))
    }

    pub fn permissions<T>(&self, act: impl FnOnce(&mut Ledger) -> T) -> T {
        act(&mut lock(&self.permissions))
    }

    pub fn buckets<T>(&self, act: impl FnOnce(&mut Buckets) -> T) -> T {
        act(&mut lock(&self.buckets))
    }

    /// How long the next call takes before and after it takes effect.
    pub fn delays(&self) -> Option<(Span, Span)> {
        let latency = self.knobs(|knobs| knobs.latency)?;
        Some(latency.next(&mut lock(&self.draws)))
    }

    pub fn is_paused(&self, function: &str) -> bool {
        self.knobs(|knobs| knobs.paused.contains(function))
    }
}

/// The state, and how much of it the data folder has.
pub(crate) struct Kept {
    pub state: State,
    disk: Option<OnDisk>,
}

struct OnDisk {
    disk: Arc<Disk>,
    /// What the folder has.
    state: State,
}

impl Kept {
    /// A state that nothing keeps.
    pub const fn nowhere(state: State) -> Self {
        Self { state, disk: None }
    }

    /// A state that `disk` has.
    pub fn on(disk: Arc<Disk>, state: State) -> Self {
        Self { state: state.clone(), disk: Some(OnDisk { disk, state }) }
    }

    /// Writes what the folder does not have. A failure is logged, and the next change tries again.
    fn keep(&mut self) {
        let Some(kept) = &mut self.disk else { return };
        let changes = self.state.changes_since(&kept.state);
        if changes.is_empty() {
            return;
        }
        match kept.disk.append(&Record::State(changes.clone())) {
            Ok(()) => changes.into_iter().for_each(|change| kept.state.take_up(change)),
            Err(error) => tracing::error!(%error, "the state was not written"),
        }
    }
}

/// A panic elsewhere must not make the cloud unusable for the test that reports it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
