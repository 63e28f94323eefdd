//! What every function says about itself, beside its handler. `functions/registry` collects these;
//! the template, the OpenAPI file, the local gateway and the coverage tests are derived from them.
//!
//! The constructors begin with what most functions want, so that a header says what differs:
//! 256 MB, 10 seconds; a signed-in user, a whole answer, repeated safely by its nature; messages by
//! tens, five times; changes by hundreds.

use kernel::Span;
use messaging::FunctionName;
use store::Table;

use crate::{
    App, Grant, Http, Method, Secret, Service,
    trigger::{Change, Message, Tick, Work},
};

const MEMORY_MB: u32 = 256;
const TIMEOUT_S: u32 = 10;
const MESSAGES: u32 = 10;
const RECEIVE_COUNT_MAX: u32 = 5;
const CHANGES: u32 = 100;

/// One Lambda function.
#[derive(Debug)]
pub struct Function {
    /// The bounded context: the crate, the binary, the log group.
    pub context: &'static str,
    /// The handler's folder and `_HANDLER`, like `place_bid`.
    pub name: &'static str,
    /// See [`Function::summary`]. Absent where the handler's documentation has it.
    summary: Option<&'static str>,
    pub trigger: Trigger,
    /// What it does with which tables, nothing more.
    pub grants: &'static [Grant],
    /// The services that it calls beside them.
    pub services: &'static [Service],
    /// The kinds of the events that it tells, whether through the outbox or on the bus.
    pub tells: &'static [&'static str],
    /// The secrets that it works with, beside what the host needs: see [`Function::needs`].
    pub secrets: &'static [Secret],
    pub memory_mb: u32,
    pub timeout_s: u32,
    /// How long one attempt of a call to AWS may take, and is waited before the next.
    pub attempts: AttemptTimes,
}

/// How patient a function is with one call to AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptTimes {
    pub timeout: Span,
    pub backoff: Span,
}

impl AttemptTimes {
    /// DynamoDB answers in milliseconds; what takes this long is lost.
    pub const USUAL: Self = Self { timeout: Span::seconds(2), backoff: Span::seconds(1) };
    /// For what must be decided within seconds (`rules.md`, "Auction", in time).
    pub const SHORT: Self = Self { timeout: Span::millis(300), backoff: Span::millis(50) };
}

/// What starts a function.
#[derive(Debug)]
pub enum Trigger {
    Http(Http),
    Queue(Queue),
    Stream(Stream),
    Schedule(Schedule),
}

/// The function's own SQS queue with its dead-letter queue, both called by the function's name.
pub struct Queue {
    /// The bus events routed into it, by `detail-type`. Empty: only direct sends.
    pub events: &'static [&'static str],
    pub batch_size: u32,
    pub max_receive_count: u32,
    pub handle: fn(App, Message) -> Work,
}

/// A DynamoDB stream.
pub struct Stream {
    pub table: Table,
    /// Only changes of items whose `pk` begins with this reach the function.
    pub pk_prefix: &'static str,
    pub batch_size: u32,
    pub handle: fn(App, Change) -> Work,
}

/// An EventBridge Scheduler target.
pub struct Schedule {
    /// `None`: one-time schedules, created by code with a [`Tick::input`].
    pub every: Option<Span>,
    pub handle: fn(App, Tick) -> Work,
}

impl Queue {
    #[must_use]
    pub const fn new(handle: fn(App, Message) -> Work) -> Self {
        Self { events: &[], batch_size: MESSAGES, max_receive_count: RECEIVE_COUNT_MAX, handle }
    }
    #[must_use]
    pub const fn events(self, events: &'static [&'static str]) -> Self {
        Self { events, ..self }
    }
    #[must_use]
    pub const fn batch_size(self, batch_size: u32) -> Self {
        Self { batch_size, ..self }
    }
    #[must_use]
    pub const fn max_receive_count(self, max_receive_count: u32) -> Self {
        Self { max_receive_count, ..self }
    }
}

impl Stream {
    #[must_use]
    pub const fn new(table: Table, handle: fn(App, Change) -> Work) -> Self {
        Self { table, pk_prefix: "", batch_size: CHANGES, handle }
    }
    #[must_use]
    pub const fn pk_prefix(self, pk_prefix: &'static str) -> Self {
        Self { pk_prefix, ..self }
    }
    #[must_use]
    pub const fn batch_size(self, batch_size: u32) -> Self {
        Self { batch_size, ..self }
    }
}

impl Schedule {
    /// One-time schedules, created by code.
    #[must_use]
    pub const fn once(handle: fn(App, Tick) -> Work) -> Self {
        Self { every: None, handle }
    }
    #[must_use]
    pub const fn every(span: Span, handle: fn(App, Tick) -> Work) -> Self {
        Self { every: Some(span), handle }
    }
}

impl Service {
    /// The queue that `consumer` consumes.
    #[must_use]
    pub const fn queue_of(consumer: &Function) -> Self {
        Self::Queue(consumer.full_name())
    }
}

impl Function {
    /// What answers a route. Its summary is the first line of the handler's documentation.
    #[must_use]
    pub const fn endpoint(context: &'static str, name: &'static str, http: Http) -> Self {
        Self { summary: None, ..Self::worker(context, name, "", Trigger::Http(http)) }
    }
    /// What answers a route that the API reference does not list.
    #[must_use]
    pub const fn undocumented(
        context: &'static str,
        name: &'static str,
        summary: &'static str,
        http: Http,
    ) -> Self {
        Self::worker(context, name, summary, Trigger::Http(http))
    }
    /// What consumes a queue.
    #[must_use]
    pub const fn queue(
        context: &'static str,
        name: &'static str,
        summary: &'static str,
        queue: Queue,
    ) -> Self {
        Self::worker(context, name, summary, Trigger::Queue(queue))
    }
    /// What follows the changes of a table.
    #[must_use]
    pub const fn stream(
        context: &'static str,
        name: &'static str,
        summary: &'static str,
        stream: Stream,
    ) -> Self {
        Self::worker(context, name, summary, Trigger::Stream(stream))
    }
    /// What the scheduler starts.
    #[must_use]
    pub const fn schedule(
        context: &'static str,
        name: &'static str,
        summary: &'static str,
        schedule: Schedule,
    ) -> Self {
        Self::worker(context, name, summary, Trigger::Schedule(schedule))
    }

    const fn worker(
        context: &'static str,
        name: &'static str,
        summary: &'static str,
        trigger: Trigger,
    ) -> Self {
        Self {
            context,
            name,
            summary: Some(summary),
            trigger,
            grants: &[],
            services: &[],
            tells: &[],
            secrets: &[],
            memory_mb: MEMORY_MB,
            timeout_s: TIMEOUT_S,
            attempts: AttemptTimes::USUAL,
        }
    }

    #[must_use]
    pub const fn grants(self, grants: &'static [Grant]) -> Self {
        Self { grants, ..self }
    }
    #[must_use]
    pub const fn services(self, services: &'static [Service]) -> Self {
        Self { services, ..self }
    }
    #[must_use]
    pub const fn tells(self, tells: &'static [&'static str]) -> Self {
        Self { tells, ..self }
    }
    #[must_use]
    pub const fn secrets(self, secrets: &'static [Secret]) -> Self {
        Self { secrets, ..self }
    }
    #[must_use]
    pub const fn memory_mb(self, memory_mb: u32) -> Self {
        Self { memory_mb, ..self }
    }
    #[must_use]
    pub const fn timeout_s(self, timeout_s: u32) -> Self {
        Self { timeout_s, ..self }
    }
    #[must_use]
    pub const fn attempts(self, attempts: AttemptTimes) -> Self {
        Self { attempts, ..self }
    }

    /// Whether it reads `secret` when it starts: declared, or needed by the host, which checks CSRF
    /// tokens and keeps fingerprints wherever a route changes something.
    #[must_use]
    pub fn needs(&self, secret: Secret) -> bool {
        let changes = self.http().is_some_and(|http| http.method != Method::Get);
        (secret == Secret::Sealing && changes) || self.secrets.contains(&secret)
    }

    /// Whether it reads the row of public keys: every route verifies tokens.
    #[must_use]
    pub fn reads_public_keys(&self) -> bool {
        self.http().is_some()
    }

    /// Whether access tokens are signed here: its start sees to it that everybody can verify them.
    #[must_use]
    pub fn issues_tokens(&self) -> bool {
        self.context == "identity" && self.needs(Secret::Signing)
    }

    /// What it and its queue are called.
    #[must_use]
    pub const fn full_name(&self) -> FunctionName {
        FunctionName::new(self.context, self.name)
    }

    /// The Lambda name (after the stack's prefix), the queue's, the operation id and the events
    /// folder: `auction-place-bid`.
    #[must_use]
    pub fn id(&self) -> String {
        self.full_name().to_string()
    }

    /// One sentence, for the template and the API reference. Costs what the documentation costs.
    #[must_use]
    pub fn summary(&self) -> String {
        match (self.summary, &self.trigger) {
            (None, Trigger::Http(http)) => http.summary().unwrap_or_default(),
            (summary, _) => summary.unwrap_or_default().to_owned(),
        }
    }

    /// The CloudFormation logical id: `AuctionPlaceBidFunction`.
    #[must_use]
    pub fn logical_id(&self) -> String {
        let words = self.context.split('_').chain(self.name.split('_'));
        let mut id: String = words.map(capitalize).collect();
        id.push_str("Function");
        id
    }

    #[must_use]
    pub const fn http(&self) -> Option<&Http> {
        match &self.trigger {
            Trigger::Http(http) => Some(http),
            _ => None,
        }
    }
}

/// `place` → `Place`.
#[must_use]
pub fn capitalize(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

// Function pointers have no useful Debug; the names do.
impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "queue {:?}", self.events)
    }
}
impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "stream {:?} {}*", self.table, self.pk_prefix)
    }
}
impl std::fmt::Debug for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "schedule {:?}", self.every)
    }
}
