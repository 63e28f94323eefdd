//! What a handler works with.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use aws_types::SdkConfig;
use gateway::{
    Gateways,
    carrier::{CarrierTracker, DeliveryTracker},
    payout::PayoutBank,
};
use kernel::{Clock, Instant, Sleep, Span};
use messaging::Publisher;
use store::Store;

use crate::{Config, Entropy, InvalidKey, Keys, LogLines, Secret, renewal::Renewal};

/// One container's world: clients, clock, keys, and whatever it keeps in memory between requests.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub log: Arc<dyn LogLines>,
    pub store: Store,
    pub publisher: Publisher,
    pub keys: Keys,
    pub(crate) renewal: Renewal,
    payments: Gateways,
    carriers: DeliveryTracker,
    memory: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
    breaches: Mutex<Vec<String>>,
}

/// What an [`App`] is made of.
pub struct Parts {
    pub config: Config,
    pub sdk: SdkConfig,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    pub log: Arc<dyn LogLines>,
}

impl App {
    pub fn new(parts: Parts) -> Result<Self, InvalidKey> {
        let store = Store::new(&parts.sdk, parts.config.table_prefix.clone());
        Self::on(store, parts, Renewal::default())
    }

    /// An app that works on a store of its own, and looks at its secrets again in time.
    pub(crate) fn on(store: Store, parts: Parts, renewal: Renewal) -> Result<Self, InvalidKey> {
        let Parts { config, sdk, clock, entropy, log } = parts;
        let keys = Keys::new(&config)?;
        keys.tick(clock.now());
        Ok(Self(Arc::new(Inner {
            store,
            publisher: Publisher::new(sdk, config.names.clone()),
            keys,
            renewal,
            payments: Gateways::new(config.gateways()),
            carriers: DeliveryTracker::new(config.carriers()),
            config,
            clock,
            entropy,
            log,
            memory: Mutex::default(),
            breaches: Mutex::default(),
        })))
    }
}

impl Inner {
    /// The providers of payments, for a function that has declared their secret.
    pub fn payments(&self) -> &Gateways {
        self.check(Secret::Payment);
        &self.payments
    }

    /// Who pays out withdrawals, for a function that has declared the secret.
    pub fn bank(&self) -> &dyn PayoutBank {
        self.check(Secret::Wallet);
        &*self.config.bank
    }

    /// Who looks parcels up, for a function that has declared the secret.
    pub fn carriers(&self) -> &dyn CarrierTracker {
        self.check(Secret::Carrier);
        &self.carriers
    }

    /// In a stack an undeclared secret is not there; where all are, tests fail on its use.
    fn check(&self, secret: Secret) {
        if let Err(problem) = self.keys.admit(secret) {
            self.breach(problem.cause.unwrap_or_default());
        }
    }

    /// This container's `T`, made when first asked for. Lives as long as the container does.
    pub fn memory<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = memory.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        Arc::clone(slot).downcast().unwrap_or_default()
    }

    /// Notes an answer that the function's contract does not list; tests fail on any.
    pub(crate) fn breach(&self, text: String) {
        self.breaches.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// Answers so far that no contract lists.
    pub fn breaches(&self) -> Vec<String> {
        self.breaches.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |elapsed| elapsed.as_millis());
        Instant::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
    fn sleep(&self, span: Span) -> Sleep {
        Box::pin(tokio::time::sleep(span.std()))
    }
}
