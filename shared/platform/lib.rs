//! The Lambda host and what every handler shares: who calls, what is wrong, what was asked before.
//!
//! A handler sees typed requests, one instant per request, and the [`App`]; it never sees Lambda.

mod app;
mod arrived;
mod auth;
mod aws;
mod config;
mod current;
mod deadline;
mod declared;
mod entropy;
mod extract;
mod failure;
mod function;
mod grant;
mod key_news;
mod keys;
mod log;
mod once;
mod page;
mod problem;
mod recognition;
mod renewal;
mod route;
mod target;
mod trigger;
mod verified;
mod version;

pub mod hashing;
pub mod host;
pub mod http;
pub mod parse;
pub mod payment_password;
pub mod queue;
pub mod retry;
pub mod schedule;
pub mod secrets;
pub mod staff;
pub mod stream;

pub use app::{App, Parts, SystemClock};
pub use arrived::{Arrived, TakenAt};
pub use auth::{ACCESS_TOKEN_LIFE, Caller, Claims, CookieNames, MaybeCaller, cookie};
pub use aws::sdk_config;
pub use config::{Config, ConfigError};
pub use current::{current, current_request};
pub use entropy::{Entropy, SystemEntropy};
pub use extract::{Json, Now, OptionalJson, Path, QueryString};
pub use failure::Failure;
pub use function::{AttemptTimes, Function, Queue, Schedule, Stream, Trigger, capitalize};
pub use grant::{Grant, Service, TableAction};
pub use keys::{InvalidKey, Keys};
pub use log::{InvocationLine, LogLines, MemoryLog, StdoutLog};
pub use messaging::FunctionName;
pub use once::{Once, Reply, RequestKey};
pub use page::{ListOrder, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, PageQuery, PageRequest, Paged};
pub use problem::{FieldError, Problem, ProblemBody};
pub use route::{Access, Delivery, FALLBACK_PATH, Http, IdempotencyRule, Method};
pub use secrets::{Secret, Secrets};
pub use trigger::Work;
pub use version::{IfMatch, etag};
