//! Which invocation crashes at which step, and which stands still where and for how long.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use kernel::Span;

use crate::{Options, Plan, interruption::Stall, prng::Prng};

/// Of a thousand invocations in a crowd, how many stand still.
const STALLS_IN_A_CROWD: u32 = 450;
/// The longest that one stands still: well within what any function has.
const STALL_MAX_MS: i64 = 2_500;
/// Every function crashes once among so many of its first invocations.
const FIRST_CRASH_AMONG: i64 = 3;

/// Draws the crash and the stall of each invocation of a run.
pub struct Crashes {
    prng: Prng,
    stall_prng: Prng,
    /// Of a thousand invocations, how many crash at some await.
    pub per_thousand: AtomicU32,
    /// Of a thousand invocations, how many stand still for a while at some await.
    pub stalls_per_thousand: AtomicU32,
    /// Crowds that are at it: then many more stand still.
    pub crowds: AtomicU32,
    /// The one invocation that crashes at an exact step.
    plan: Option<Plan>,
    /// How often each function was invoked, and which of its first invocations dies.
    invoked: Mutex<BTreeMap<String, (u32, u32)>>,
}

impl Crashes {
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
            // The name of a stream decides what it draws: a new name would be other histories.
            prng: Prng::new(options.seed, "fate"),
            stall_prng: Prng::new(options.seed, "stalls"),
            per_thousand: AtomicU32::new(0),
            stalls_per_thousand: AtomicU32::new(0),
            crowds: AtomicU32::new(0),
            plan: options.plan.clone(),
            invoked: Mutex::default(),
        }
    }

    /// The how-manieth invocation of the function this is, and at which step it crashes, if at all.
    pub fn next(&self, function: &str) -> (u32, Option<u32>) {
        let (nth, mortal) = {
            let mut invoked = self.invoked.lock().unwrap();
            let (nth, mortal) = invoked.entry(function.to_owned()).or_insert_with(|| {
                (0, u32::try_from(self.prng.between(1, FIRST_CRASH_AMONG)).unwrap_or(1))
            });
            *nth += 1;
            (*nth, *mortal)
        };
        if let Some(plan) = &self.plan {
            let meant = plan.function == function && plan.nth == nth;
            return (nth, meant.then_some(plan.step));
        }
        let crashes = self.per_thousand.load(Ordering::Relaxed);
        if crashes == 0 {
            return (nth, None);
        }
        // One that dies sooner or later anyhow dies before it is done with its work.
        let last = if nth == mortal { 4 } else { 12 };
        let dies = nth == mortal || self.prng.often(crashes);
        (nth, dies.then(|| u32::try_from(self.prng.between(1, last)).unwrap_or(1)))
    }

    /// Whether an invocation stands still, as a container may that gets no processor: between what
    /// it read and what it writes, others have their time.
    pub fn stall(&self) -> Option<Stall> {
        let usual = self.stalls_per_thousand.load(Ordering::Relaxed);
        if usual == 0 {
            return None;
        }
        let crowded = self.crowds.load(Ordering::Relaxed) > 0;
        let prng = &self.stall_prng;
        if !prng.often(if crowded { STALLS_IN_A_CROWD } else { usual }) {
            return None;
        }
        let most = if prng.often(300) { STALL_MAX_MS } else { 40 };
        let lasts = Span::millis(prng.between(1, most)).std();
        let step = prng.between(1, if crowded { 5 } else { 9 });
        Some(Stall { step: u32::try_from(step).unwrap_or(1), lasts })
    }

    #[must_use]
    pub fn are_on(&self) -> bool {
        self.per_thousand.load(Ordering::Relaxed) > 0
    }
}
