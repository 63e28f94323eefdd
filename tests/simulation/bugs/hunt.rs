//! Plays seeds with a bug in until something speaks.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use jangteo_simulation::{Options, run};
use local::Sabotage;
use serde_json::Value;

use crate::{catalogue::Bug, tamper::Deed};

/// What came of looking for a bug.
#[derive(Clone, Debug, Default)]
pub struct Hunt {
    pub name: &'static str,
    /// What found it: the name of the invariant. `None`: nobody noticed.
    pub found_by: Option<String>,
    /// How it was told.
    pub finding: String,
    /// With which seed, after how many tries.
    pub seed: u64,
    /// Calls to the cloud until it was found, and how many of them the bug spoilt.
    pub operations: u64,
    pub strikes: u64,
    /// What spoke as well, or instead.
    pub others: Vec<String>,
}

/// Where to look, and how long.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    pub first: u64,
    pub last: u64,
    pub steps: u32,
}

/// A bug at work: how often it struck, of how many calls.
#[derive(Debug, Default)]
struct Work {
    armed: AtomicBool,
    calls: AtomicU64,
    met: AtomicU64,
    strikes: AtomicU64,
}

/// Looks for one bug, seed after seed.
#[must_use]
pub fn hunt(bug: &'static Bug, ground: Ground) -> Hunt {
    let mut hunt = Hunt { name: bug.name, ..Hunt::default() };
    let seeds = || ground.first..=ground.last;
    // A day is soon played; what only weeks show is looked for when no day shows anything.
    let days = seeds().map(|seed| (seed, true)).chain(seeds().map(|seed| (seed, false)));
    for (seed, short) in days {
        // To the first finding; when that says something else, to the end.
        for stop_at_first in [true, false] {
            let work = Arc::new(Work::default());
            let options = Options { short, stop_at_first, ..Options::new(seed, ground.steps) };
            let findings = play(Some((*bug, &work)), options);
            hunt.seed = seed;
            hunt.operations = work.calls.load(Ordering::Relaxed);
            hunt.strikes = work.strikes.load(Ordering::Relaxed);
            let speaks = |what: &&String| {
                let label = label(what);
                bug.speaks.iter().any(|speaks| names(label, speaks))
            };
            if let Some(what) = findings.iter().find(speaks) {
                (hunt.found_by, hunt.finding) = (Some(label(what).to_owned()), what.clone());
                return hunt;
            }
            if findings.is_empty() {
                break;
            }
            hunt.others = findings;
        }
    }
    hunt
}

/// The same seeds without a bug must be clean: what they found otherwise.
#[must_use]
pub fn control(ground: Ground) -> Vec<String> {
    let of = |(seed, short)| {
        let options = Options { short, ..Options::new(seed, ground.steps) };
        play(None, options).into_iter().map(move |it| (seed, it))
    };
    let seeds = ground.first..=ground.last;
    let found = seeds.flat_map(|seed| [(seed, true), (seed, false)]).flat_map(of);
    found.map(|(seed, what)| format!("seed {seed}: {what}")).collect()
}

/// The same bug with the sweeps at work: what was found all the same. `None`: it never struck.
#[must_use]
pub fn mended(bug: &Bug, ground: Ground) -> Option<Vec<String>> {
    let tamper = *bug.tamper.mended()?;
    let bug = Bug { tamper, ..*bug };
    let work = Arc::new(Work::default());
    let options = Options { short: true, ..Options::new(ground.first, ground.steps) };
    let found = play(Some((bug, &work)), options);
    (work.strikes.load(Ordering::Relaxed) > 0).then_some(found)
}

fn play(bug: Option<(Bug, &Arc<Work>)>, options: Options) -> Vec<String> {
    let saboteur = bug.map(|(bug, work)| {
        let work = Arc::clone(work);
        let spoil = move |action: &str, body: &mut Value| work.spoil(&bug, action, body);
        let saboteur: jangteo_simulation::Saboteur = Arc::new(spoil);
        saboteur
    });
    let options = Options { saboteur, ..options };
    let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run(&options)));
    match outcome {
        Ok(outcome) => outcome.findings.into_iter().map(|finding| finding.what).collect(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
            vec![format!("panic: {text}")]
        }
    }
}

impl Work {
    /// What a saboteur does: nothing while the market is being set up.
    fn spoil(&self, bug: &Bug, action: &str, body: &mut Value) -> Sabotage {
        self.calls.fetch_add(1, Ordering::Relaxed);
        if !self.is_armed(action, body) {
            return Sabotage::None;
        }
        if bug.tamper.silences(action) {
            return Sabotage::Skip;
        }
        let mut spoilt = body.clone();
        let deed = bug.tamper.strike(action, &mut spoilt);
        if deed == Deed::Untouched {
            return Sabotage::None;
        }
        let met = self.met.fetch_add(1, Ordering::Relaxed) + 1;
        if !met.is_multiple_of(u64::from(bug.one_in)) {
            return Sabotage::None;
        }
        self.strikes.fetch_add(1, Ordering::Relaxed);
        match deed {
            Deed::Lost => Sabotage::Skip,
            Deed::Swallowed => Sabotage::Swallow,
            Deed::Untouched | Deed::Changed => {
                *body = spoilt;
                Sabotage::None
            }
        }
    }

    fn is_armed(&self, action: &str, body: &Value) -> bool {
        if self.armed.load(Ordering::Relaxed) {
            return true;
        }
        let opens = action == "dynamodb:TransactWriteItems" && {
            let text = body.to_string();
            text.contains("\"auction#") || text.contains("\"book#")
        };
        if opens {
            self.armed.store(true, Ordering::Relaxed);
        }
        opens
    }
}

/// The invariants that a finding names (`money: I1–I3, I10: …`), else its first words.
fn label(what: &str) -> &str {
    let named = |part: &&str| {
        let digits = part.strip_prefix('I').map_or("", |rest| rest.get(..1).unwrap_or_default());
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut parts = what.split(": ");
    parts.clone().take(3).find(named).or_else(|| parts.next()).unwrap_or(what)
}

/// Whether a label names an invariant, alone or in a range.
fn names(label: &str, invariant: &str) -> bool {
    let number = |text: &str| text.trim().strip_prefix('I')?.parse::<u32>().ok();
    label.split(',').any(|part| {
        let part = part.trim();
        if part == invariant {
            return true;
        }
        let range =
            part.split_once('–').and_then(|(low, high)| Some((number(low)?, number(high)?)));
        let wanted = number(invariant);
        matches!((range, wanted), (Some((low, high)), Some(it)) if (low..=high).contains(&it))
    })
}

/// Does `work` to every item, on as many threads as there are cores; answers in order.
pub fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicU64::new(0);
    let done: Mutex<Vec<(u64, R)>> = Mutex::default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let item = usize::try_from(index).ok().and_then(|index| items.get(index));
                    let Some(item) = item else { return };
                    let result = work(item);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invariant_is_named_alone_or_in_a_range() {
        assert_eq!(label("I8: order 7 rests twice: so"), "I8");
        assert_eq!(label("money: I1–I3, I10: much"), "I1–I3, I10");
        assert_eq!(label("panic: at the Index"), "panic");
        for (label, invariant, is) in [
            ("I8", "I8", true),
            ("I18", "I8", false),
            ("I1–I3, I10", "I2", true),
            ("I1–I3, I10", "I10", true),
            ("I1–I3, I10", "I4", false),
            ("panic", "panic", true),
            ("log", "I1", false),
        ] {
            assert_eq!(names(label, invariant), is, "{label} {invariant}");
        }
    }
}
