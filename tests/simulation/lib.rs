//! The whole market, played deterministically: the real functions on the embedded cloud, in one
//! thread, with time, chance, faults and the order of all work drawn from one seed.
//!
//! [`run`] plays a seed and tells what it found: same commit and seed, same history to the byte.
//! In reading order: `tasks` schedules, `world` holds cloud and containers, `actors` are the
//! people, `fault_schedule` is everything that goes wrong, `auditor` tells what must hold all the
//! same.
//!
//! One thing is not as deployed: passwords are hashed with the least work, which finds nothing less
//! and took a third of all instructions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::float_arithmetic,
    reason = "this is test code"
)]

mod actors;
mod ask;
mod auditor;
pub mod campaign;
mod client;
mod clock;
pub mod crash_plan;
mod crashes;
mod cross_checks;
mod fault_schedule;
mod faults;
mod fleet;
mod hands;
mod held_money;
mod history_log;
mod interruption;
mod liveness;
mod observations;
mod people;
mod permissions;
mod person;
mod prng;
mod read_rows;
pub mod report;
mod rulebook;
mod run;
mod tasks;
mod transition_checker;
mod world;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, sync::Arc};

use local::Sabotage;
use serde_json::Value;

pub use ask::{Ask, Kind};
pub use faults::{Fault, Habit};
pub use history_log::Counts;
pub use interruption::Trace;
pub use run::run;

/// Sees and may change every call's action and body before its service does.
pub type Saboteur = Arc<dyn Fn(&str, &mut Value) -> Sabotage + Send + Sync>;

/// How much goes wrong on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    None,
    All,
}

/// What is played.
#[derive(Clone)]
pub struct Options {
    pub seed: u64,
    /// How many steps the market's people take, all together.
    pub steps: u32,
    pub faults: Faults,
    /// One day only, and no more time in the end than recovering takes.
    pub short: bool,
    /// On the engine crate instead of our own engine.
    pub dynoxide: bool,
    /// Every call gives way a second time, after its effect: there, too, an invocation can crash.
    pub answers_wait: bool,
    /// Keep the history as text.
    pub history: bool,
    /// Crashes one invocation at one step.
    pub plan: Option<Plan>,
    /// Breaks the product on purpose; the seed should find it out.
    pub saboteur: Option<Saboteur>,
    /// The run is over as soon as something is found.
    pub stop_at_first: bool,
}

impl Options {
    /// All faults, no history.
    #[must_use]
    pub fn new(seed: u64, steps: u32) -> Self {
        Self {
            seed,
            steps,
            faults: Faults::All,
            short: false,
            dynoxide: false,
            answers_wait: false,
            history: false,
            plan: None,
            saboteur: None,
            stop_at_first: false,
        }
    }
}

/// What is played, in words: all that the history depends on beside the product.
impl fmt::Display for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, steps, faults, short, dynoxide, answers_wait, plan, .. } = self;
        write!(f, "seed {seed}, {steps} steps, faults: {faults:?}, short: {short}, ")?;
        write!(f, "dynoxide: {dynoxide}, crash: {plan:?}, broken: {}", self.saboteur.is_some())?;
        if *answers_wait { f.write_str(", answers wait") } else { Ok(()) }
    }
}

/// One crash at an exact place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// A worker's id, or a route like `POST auctions/bids`.
    pub function: String,
    /// Its how-manieth invocation, from 1.
    pub nth: u32,
    /// At the end of its how-manieth step, from 1; after the last step only the answer is lost.
    pub step: u32,
}

/// The way of each invocation, by function and number: where a crash can be planned.
pub type Points = BTreeMap<(String, u32), Trace>;

/// An invariant that did not hold, with all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub seed: u64,
    pub what: String,
}

/// What became of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub findings: Vec<Finding>,
    /// SHA-256 of every call with its answer, every step of everybody, and the final rows.
    pub digest: String,
    pub counts: Counts,
    pub points: Points,
    /// Virtual time, in seconds.
    pub played_seconds: i64,
    /// When it was asked for.
    pub history: Vec<String>,
}
