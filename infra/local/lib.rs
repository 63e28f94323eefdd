//! The embedded cloud: real AWS SDK clients, answered in-process.
//!
//! [`Cloud::start`] makes an account with the product's tables, queues, rules and schedules, all
//! read off the functions' own definitions. [`Cloud::sdk_config`] makes SDK clients whose
//! requests end here; [`Cloud::pump`] delivers what has become due to the functions, at least
//! once, as AWS would. It knows no product rule, and nothing in the product knows it.
//!
//! Built in floors, each of which knows only those below it. From the ground: `state`, `dynamo`,
//! `knobs`, `fault`, `hooks` and `usage` are data; `account` holds them together; `sqs`, `events`,
//! `sent`, `scheduler`, `s3` and `secrets` are the services on it, `admission` what a partition
//! lets through; `connector` takes a request apart and finds the service; `pump` delivers what is
//! due; `cloud` is all of it as its users see it. `gateway`, `views`, `hand` and `drive` serve a
//! developer;
//! `disk` is the folder in which `cargo dev` keeps it.

mod account;
mod admission;
mod call;
mod capacity;
#[cfg(test)]
mod cases;
mod clock;
mod cloud;
mod connector;
mod deadline;
mod disk;
mod drive;
mod dynamo;
mod environments;
mod events;
mod fault;
mod gateway;
mod hand;
mod hooks;
mod host;
mod knobs;
mod lapse;
mod latency;
mod lease;
mod names;
mod permissions;
mod pump;
mod random;
mod s3;
mod scheduler;
mod secrets;
mod sent;
mod sqs;
mod state;
mod throttling;
mod touched;
mod unveiling;
mod usage;
mod views;
mod visibility;
mod wire;
mod wiring;

pub use capacity::{Capacity, Throttled};
pub use clock::{MovedClock, SettableClock, VirtualClock};
pub use cloud::{Cloud, CloudOptions, DataPlace, EngineFailed, Moved, QueueView, StartError};
pub use disk::{DATA_FORMAT, FolderError, data_format, declare_format, lock_folder};
pub use drive::drive;
pub use dynamo::{
    Engine, EngineError, Number, Reason, SEQUENCE_OFFSET, StreamItem, creation, is_eventual_read,
    memory_engine,
};
pub use environments::{ColdStarts, Slowness};
pub use fault::{Fault, FaultKind, Faults, Injected, RandomFaults, Upset};
pub use gateway::{endpoint, router, serve};
pub use hooks::{Sabotage, Witness};
pub use host::{Invoked, Invoker};
pub use knobs::Knobs;
pub use lapse::Lapses;
pub use latency::Latency;
pub use names::{ACCOUNT, REGION};
pub use permissions::{Ledger, Permission, granted, reading};
pub use pump::Rates;
pub use random::Random;
pub use state::{Counts, Email, Failed, Sms};
pub use throttling::Throttling;
pub use usage::{Asked, Spent, Units, Usage};
pub use visibility::Visibility;
