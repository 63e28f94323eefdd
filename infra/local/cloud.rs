//! The cloud as its users see it.

mod time;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion, stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use kernel::{Clock, Instant};
use platform::{App, Function};
use serde_json::Value;
use store::Table;

pub use self::time::Moved;
use crate::{
    account::{Account, Kept},
    capacity::Throttled,
    clock::VirtualClock,
    connector::Connector,
    disk::{Disk, FolderError, Record},
    dynamo::{Engine, EngineError, Memory, create_tables, items},
    fault::Faults,
    hooks::{Sabotage, Witness},
    host::{Container, Containers, Invoker},
    knobs::Knobs,
    names::{Names, REGION},
    permissions::Ledger,
    pump::{Delivery, Pump, Rates, multiple},
    s3, secrets,
    state::{Counts, Email, Failed, Message, Sms, State},
    usage::Usage,
    wiring::{Wiring, dead_letter_queue},
};

/// Where the cloud keeps its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataPlace {
    /// Gone with the cloud.
    Memory,
    /// Survives restarts; created when missing. One cloud at a time.
    Folder(PathBuf),
}

/// What a cloud is made of.
pub struct CloudOptions {
    /// Their triggers decide the queues, rules, stream consumers and rate schedules.
    pub functions: Vec<&'static Function>,
    pub clock: Arc<dyn Clock>,
    pub data: DataPlace,
    /// Before every table, queue and function name, like `jangteo-`.
    pub prefix: String,
}

/// The cloud could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the DynamoDB engine")]
    Engine(#[from] EngineError),
    #[error("the data folder")]
    Folder(#[from] FolderError),
}

/// The engine could not do what it was asked outside the API.
#[derive(Debug, thiserror::Error)]
#[error("the DynamoDB engine")]
pub struct EngineFailed(#[from] EngineError);

/// A handle on one embedded cloud. Clones are the same cloud.
#[derive(Clone)]
pub struct Cloud {
    pub(crate) account: Arc<Account>,
    pump: Arc<Pump>,
}

/// A queue as the local pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueView {
    pub name: String,
    pub counts: Counts,
    pub dead: Counts,
}

/// Gives the engine the rows of a folder; answers the rest of what it holds.
fn opened(folder: &Path, engine: &Memory) -> Result<Kept, StartError> {
    let (disk, records) = Disk::open(folder)?;
    let mut state = State::default();
    for record in records {
        match record {
            Record::State(changes) => changes.into_iter().for_each(|change| state.take_up(change)),
            rows => {
                engine.restore(rows).map_err(|error| FolderError::Unknown(error.to_string()))?
            }
        }
    }
    let mut all = engine.records();
    all.push(Record::State(state.changes_since(&State::default())));
    disk.compact(&all).map_err(FolderError::from)?;
    let disk = Arc::new(disk);
    engine.keep_on(Arc::clone(&disk));
    Ok(Kept::on(disk, state))
}

impl Cloud {
    /// Starts a cloud with its tables and queues, and what its folder held.
    pub fn start(options: CloudOptions) -> Result<Self, StartError> {
        let names = Names { prefix: options.prefix.clone() };
        let engine = Memory::new(Arc::clone(&options.clock));
        create_tables(&engine, &names)?;
        let kept = match &options.data {
            DataPlace::Memory => Kept::nowhere(State::default()),
            DataPlace::Folder(folder) => opened(folder, &engine)?,
        };
        Ok(Self::of(options, Box::new(engine), kept))
    }

    /// Starts a cloud whose tables are another engine's, which is empty; `options.data` says
    /// nothing.
    pub fn start_on(options: CloudOptions, engine: Box<dyn Engine>) -> Result<Self, StartError> {
        create_tables(&*engine, &Names { prefix: options.prefix.clone() })?;
        Ok(Self::of(options, engine, Kept::nowhere(State::default())))
    }

    fn of(options: CloudOptions, engine: Box<dyn Engine>, mut kept: Kept) -> Self {
        let CloudOptions { functions, clock, prefix, data: _ } = options;
        let names = Names { prefix };
        let wiring = Wiring::of(&functions);
        wiring.declare_queues(&mut kept.state);
        secrets::declare(&mut kept.state, &names.prefix);
        s3::declare(&mut kept.state, &names.prefix);
        let now = clock.now();
        for rate in &wiring.rates {
            kept.state.rates.entry(rate.id.clone()).or_insert_with(|| multiple(now, rate.every));
        }
        let account = Arc::new(Account::new(names, clock, engine, wiring, kept));
        let delivery =
            Delivery { account: Arc::clone(&account), containers: Containers::default() };
        Self { account, pump: Arc::new(Pump::new(delivery)) }
    }

    /// The configuration for any AWS SDK client: everything it sends is answered by this cloud.
    #[must_use]
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new("test", "test", None, None, "embedded cloud");
        let backoff = Duration::from_millis(2);
        let retries = RetryConfig::standard()
            .with_initial_backoff(backoff)
            .with_max_backoff(backoff.saturating_mul(4));
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(Connector(Arc::clone(&self.account)))
            .retry_config(retries)
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }

    /// Answers one AWS request as an endpoint would. A fault that loses the answer becomes 504.
    pub async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.account.answer_or_lose(request).await;
        answer.unwrap_or_else(|_lost| {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = StatusCode::GATEWAY_TIMEOUT;
            response
        })
    }

    /// Adds a container that runs functions. With several, invocations go round.
    pub fn attach(&self, app: App) {
        self.attach_invoker(Arc::new(Container(app)));
    }

    /// Adds a container of another make.
    pub fn attach_invoker(&self, invoker: Arc<dyn Invoker>) {
        self.pump.delivery.containers.attach(invoker);
    }

    /// Takes all containers away. A cloud and the containers that work on it hold each other:
    /// whoever makes many clouds in one process lets go of each.
    pub fn detach(&self) {
        self.pump.delivery.containers.detach();
    }

    /// Nothing is delivered to the function (by id) until [`resume`](Self::resume).
    pub fn pause(&self, function: &str) {
        self.account.knobs(|knobs| knobs.paused.insert(function.to_owned()));
    }

    pub fn resume(&self, function: &str) {
        self.account.knobs(|knobs| knobs.paused.remove(function));
    }

    /// Turns the knobs.
    pub fn adjust(&self, turn: impl FnOnce(&mut Knobs)) {
        self.account.knobs(turn);
    }

    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.account.faults
    }

    /// Everything asked of the cloud so far; see [`Usage::since`].
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.account.usage(|usage| usage.clone())
    }

    /// What functions needed of their permissions, and what they were denied.
    #[must_use]
    pub fn permissions(&self) -> Ledger {
        self.account.permissions(|ledger| ledger.clone())
    }

    /// What was refused because a partition was at its limit ([`Knobs::capacity`]).
    #[must_use]
    pub fn throttled(&self) -> Throttled {
        self.account.buckets(|buckets| buckets.throttled)
    }

    /// The text messages sent, oldest first.
    #[must_use]
    pub fn sms(&self) -> Vec<Sms> {
        self.account.read(|state| state.sms.clone())
    }

    /// The e-mails sent, oldest first.
    #[must_use]
    pub fn emails(&self) -> Vec<Email> {
        self.account.read(|state| state.emails.clone())
    }

    /// The objects in a bucket (by its own name), by their keys.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        let bucket = format!("{}{bucket}", self.account.names.prefix);
        self.account.read(|state| {
            let objects = state.buckets.get(&bucket).into_iter().flatten();
            objects.map(|(key, object)| (key.clone(), object.body())).collect()
        })
    }

    /// The bodies in a queue (by its own name; a dead-letter queue ends in `-dlq`), oldest first.
    #[must_use]
    pub fn queue_bodies(&self, queue: &str) -> Vec<String> {
        self.account.read(|state| {
            let messages = state.queues.get(queue).into_iter().flat_map(|queue| &queue.messages);
            messages.map(|message| message.body.clone()).collect()
        })
    }

    /// Every consumer's queue and how full it and its dead-letter queue are.
    #[must_use]
    pub fn queues(&self) -> Vec<QueueView> {
        let now = self.account.clock.now();
        self.account.read(|state| {
            let counts =
                |name: &str| state.queues.get(name).map(|q| q.counts(now)).unwrap_or_default();
            let views = self.account.wiring.queues.iter().map(|consumer| QueueView {
                name: consumer.id.clone(),
                counts: counts(&consumer.id),
                dead: counts(&dead_letter_queue(&consumer.id)),
            });
            views.collect()
        })
    }

    /// The names of the one-time schedules that have not fired.
    #[must_use]
    pub fn schedules(&self) -> Vec<String> {
        self.account.read(|state| {
            let waiting = state.schedules.values().filter(|schedule| !schedule.completed);
            waiting.map(|schedule| schedule.name.clone()).collect()
        })
    }

    /// Deletes the items whose `ttl` has passed, as DynamoDB does some time within days; answers
    /// how many. Never happens by itself.
    pub fn expire_items(&self) -> Result<usize, EngineFailed> {
        Ok(self.account.engine.sweep_expired()?)
    }

    /// From now on, on a cloud without items, an older copy of the tables is kept, `lag` writes
    /// behind, for [`FaultKind::StaleIndex`](crate::FaultKind::StaleIndex).
    pub fn keep_index_copy(&self, lag: usize) -> Result<(), EngineFailed> {
        let account = &self.account;
        Ok(account.replica.keep(&account.names, Arc::clone(&account.clock), lag)?)
    }

    /// Every committed item of a table in DynamoDB's JSON (`{"pk": {"S": …}}`), in key order:
    /// what invariants are checked on. Counts as no usage and meets no faults.
    pub fn items(&self, table: Table) -> Result<Vec<Value>, EngineFailed> {
        self.account.show_all();
        Ok(items(&*self.account.engine, &self.account.names, table)?)
    }

    /// What was given up after too many attempts.
    #[must_use]
    pub fn failed(&self) -> Vec<Failed> {
        self.account.read(|state| state.failed.clone())
    }

    /// Moves every message of the queue's dead-letter queue back, as a redrive does; answers how
    /// many. `queue` is its own name, without prefix.
    pub fn redrive(&self, queue: &str) -> usize {
        let now = self.account.clock.now();
        self.account.change(|state| {
            let dead = state.queues.get_mut(&dead_letter_queue(queue));
            let dead = dead.map(|dead| std::mem::take(&mut dead.messages)).unwrap_or_default();
            let count = dead.len();
            let back =
                dead.into_iter().map(|message| Message { receives: 0, visible_at: now, ..message });
            if let Some(queue) = state.queues.get_mut(queue) {
                queue.messages.extend(back);
            }
            count
        })
    }

    /// Delivers everything due now on the clock: stream records, queue messages, schedules.
    /// Answers how many invocations that took; 0 means there was nothing to do.
    ///
    /// Passes never overlap; a second caller waits for the first. Nothing is delivered while no
    /// app is attached. Functions of different triggers run concurrently, in the caller's task.
    pub async fn pump(&self) -> usize {
        self.pump.pass().await
    }

    /// Pumps until nothing is due now; answers how many invocations that took.
    pub async fn run_until_idle(&self) -> usize {
        self.pump.run_until_idle().await
    }

    /// The earliest instant at which something is due that only time holds back: a delayed or
    /// hidden message, a stream or invocation waiting to be tried again, a schedule. It lies in
    /// the past when something is due now. Paused functions count for nothing.
    #[must_use]
    pub fn next_due(&self, rates: Rates) -> Option<Instant> {
        self.pump.next_due(rates)
    }

    /// Plays virtual time up to `until`: settles, moves `clock` (this cloud's) to the next due
    /// instant, settles again, and ends with the clock at `until`. Answers the invocations made.
    /// With [`Rates::Ignored`] rates are no reason to stop, but fire at the stops made anyway.
    pub async fn play(&self, clock: &VirtualClock, until: Instant, rates: Rates) -> usize {
        self.pump.play(clock, until, rates).await
    }

    /// For tests of tests only: from now on `saboteur` sees every call's action (like
    /// `dynamodb:UpdateItem`) and JSON body before the service does, and may change the body.
    /// [`platform::current`] tells whose call it is. Deliveries are seen as well, as
    /// `lambda:<function's id>` with the event.
    pub fn sabotage(
        &self,
        saboteur: impl Fn(&str, &mut Value) -> Sabotage + Send + Sync + 'static,
    ) {
        self.account.hooks.set_saboteur(Arc::new(saboteur));
    }

    /// From now on `witness` sees every call.
    pub fn watch(&self, witness: Arc<dyn Witness>) {
        self.account.hooks.set_witness(witness);
    }

    /// Completes at the next call that may have made something due.
    pub async fn written(&self) {
        self.account.written.notified().await;
    }

    /// What the clock says.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.account.clock.now()
    }
}
