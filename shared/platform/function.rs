//! What every function says about itself, beside its handler. `functions/registry` collects these;
//! the template, the OpenAPI file, the local gateway and the coverage tests are derived from them.

use kernel::{ProblemCode, Span};
use store::Table;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    App,
    trigger::{Change, Message, Tick, Work},
};

/// One Lambda function.
#[derive(Debug)]
pub struct Function {
    /// The bounded context: the crate, the binary, the log group.
    pub context: &'static str,
    /// The handler's folder and `_HANDLER`, like `place_bid`.
    pub name: &'static str,
    /// One sentence, for the template and the API reference.
    pub summary: &'static str,
    pub trigger: Trigger,
    /// The AWS calls it makes, nothing more.
    pub grants: &'static [Grant],
    pub memory_mb: u32,
    pub timeout_s: u32,
}

/// What starts a function.
#[derive(Debug)]
pub enum Trigger {
    Http(Http),
    Queue(Queue),
    Stream(Stream),
    Schedule(Schedule),
}

/// A route of the HTTP API (or, when streamed, of a Function URL on the same path).
pub struct Http {
    pub method: Method,
    /// axum's and API Gateway's common spelling: `/v1/auctions/{auctionId}/bids`.
    /// [`FALLBACK_PATH`] answers whatever no other route does.
    pub path: &'static str,
    pub access: Access,
    pub idempotency: IdempotencyRule,
    pub delivery: Delivery,
    /// The problems this route itself can answer; the framework's are added by the contract.
    pub problems: &'static [ProblemCode],
    /// `|| OpenApiRouter::new().routes(routes!(handle))`
    pub routes: fn() -> OpenApiRouter<App>,
}

/// The path of the function that answers requests to unknown paths.
pub const FALLBACK_PATH: &str = "$default";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    Any,
}

/// Who may call a route. Checked before the handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a token, when sent, must still be valid and tells who asks.
    Public,
    /// Any signed-in user.
    User,
    /// A signed-in user with this role.
    Role(domain::identity::Role),
}

/// What a POST does with the `Idempotency-Key` header (`api.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdempotencyRule {
    /// The route repeats safely by its nature (reads, puts, deletes).
    Natural,
    Optional,
    Required,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Buffered,
    /// Lambda response streaming behind a Function URL.
    Streamed,
}

/// An SQS queue with its dead-letter queue and the one function that consumes it.
pub struct Queue {
    /// Without the stack's prefix, like `close-auction`.
    pub queue: &'static str,
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

/// Permission for some AWS actions on one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    pub resource: Resource,
    /// Like `dynamodb:UpdateItem`.
    pub actions: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// A table and its indexes.
    Table(Table),
    /// A queue by its [`Queue::queue`] name.
    Queue(&'static str),
    EventBus,
    /// One-time schedules of the stack's group, and passing the scheduler's role.
    Schedules,
    /// SMS to a phone number has no resource of its own.
    Sms,
    EmailIdentity,
}

impl Grant {
    #[must_use]
    pub const fn table(table: Table, actions: &'static [&'static str]) -> Self {
        Self { resource: Resource::Table(table), actions }
    }
    #[must_use]
    pub const fn send(queue: &'static str) -> Self {
        Self { resource: Resource::Queue(queue), actions: &["sqs:SendMessage"] }
    }
    pub const PUT_EVENTS: Self =
        Self { resource: Resource::EventBus, actions: &["events:PutEvents"] };
    pub const SMS: Self = Self { resource: Resource::Sms, actions: &["sns:Publish"] };
    pub const EMAIL: Self = Self { resource: Resource::EmailIdentity, actions: &["ses:SendEmail"] };
    pub const CREATE_SCHEDULE: Self =
        Self { resource: Resource::Schedules, actions: &["scheduler:CreateSchedule"] };
}

impl Function {
    /// The Lambda name (after the stack's prefix), operation id and events folder:
    /// `auction-place-bid`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}-{}", self.context, self.name.replace('_', "-"))
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

impl Method {
    /// As HTTP spells it; [`Method::Any`] has no spelling of its own and reads `ANY`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Any => "ANY",
        }
    }
}

// Function pointers have no useful Debug; the names do.
impl std::fmt::Debug for Http {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)
    }
}
impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "queue {}", self.queue)
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
