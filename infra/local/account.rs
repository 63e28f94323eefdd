//! One AWS account: everything the services share. The connector owns it, apps own the
//! connector; it must not own an app, or nothing would ever be freed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kernel::Clock;
use tokio::sync::Notify;

use crate::{
    dynamo::{Engine, InFlight, Replica},
    fault::Faults,
    hooks::Hooks,
    knobs::Knobs,
    names::Names,
    permissions::Ledger,
    state::State,
    usage::Usage,
    wiring::Wiring,
};

pub(crate) struct Account {
    pub names: Names,
    pub clock: Arc<dyn Clock>,
    pub engine: Engine,
    pub in_flight: InFlight,
    pub wiring: Wiring,
    pub faults: Faults,
    pub hooks: Hooks,
    /// An older copy of the tables, for stale index reads.
    pub replica: Replica,
    /// Told at every call that may have made something due.
    pub written: Notify,
    state: Mutex<State>,
    knobs: Mutex<Knobs>,
    usage: Mutex<Usage>,
    permissions: Mutex<Ledger>,
}

impl Account {
    pub fn new(
        names: Names,
        clock: Arc<dyn Clock>,
        engine: Engine,
        wiring: Wiring,
        state: State,
    ) -> Self {
        Self {
            names,
            clock,
            engine,
            in_flight: InFlight::default(),
            wiring,
            faults: Faults::default(),
            hooks: Hooks::default(),
            replica: Replica::default(),
            written: Notify::new(),
            state: Mutex::new(state),
            knobs: Mutex::default(),
            usage: Mutex::default(),
            permissions: Mutex::default(),
        }
    }

    /// Looks at the state. Must not be nested.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&lock(&self.state))
    }

    /// Changes the state. Must not be nested.
    pub fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.state);
        state.version += 1;
        act(&mut state)
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

    pub fn is_paused(&self, function: &str) -> bool {
        self.knobs(|knobs| knobs.paused.contains(function))
    }
}

/// A panic elsewhere must not make the cloud unusable for the test that reports it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
