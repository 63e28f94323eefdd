//! The same calls on two engines: do they answer alike?
//!
//! A seed makes a sequence of the calls and expressions that our store sends, over few keys, so
//! that they collide: conditions that hold and fail, transactions that meet the same items, pages
//! both ways, sizes at the limits, and what must be refused. After each call the answers are
//! compared, refusals, reasons and consumed units included; at the end the committed items and the
//! streams. A sequence that differs is made shorter while it still differs. What is known to differ
//! is a list with reasons ([`KNOWN`]); each meeting is counted.

mod compare;
mod remote;
mod report;
mod shapes;
mod steps;
mod target;

#[cfg(test)]
mod tests;

use std::fmt;

use serde_json::Value;

pub use compare::{KNOWN, Known};
pub use remote::Remote;
pub use report::Report;
pub use steps::Step;
pub use target::{Answer, LocalTarget, Target};

use self::{compare::Verdict, steps::Steps};
use local::EngineError;

/// How many steps there are between two empty tables: shrinking repeats no more than that.
const ROUND: usize = 250;
/// How many shorter sequences are tried for a failing one.
const SHRINKS_MAX: usize = 400;

/// Two engines that differ, and the shortest way there that was found.
#[derive(Clone, Debug)]
pub struct Difference {
    pub seed: u64,
    /// The steps that lead there; the last one differs, or what is left behind does.
    pub steps: Vec<Step>,
    /// In whose words it differs how.
    pub text: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: they differ after {} steps", self.seed, self.steps.len())?;
        for step in &self.steps {
            writeln!(f, "  {step}")?;
        }
        f.write_str(&self.text)
    }
}

/// Why the check came to no end.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("{0}")]
    Differs(Box<Difference>),
    #[error("an engine could not be asked: {0}")]
    Engine(#[from] EngineError),
}

/// Makes `count` steps from `seed` on both and compares. `ours` is the one under test.
pub fn run(
    seed: u64,
    count: usize,
    ours: &mut dyn Target,
    theirs: &mut dyn Target,
) -> Result<Report, Failed> {
    let mut report = Report::default();
    let mut round = seed;
    while report.steps < count {
        let possible = |step: &Step| theirs.sweeps() || *step != Step::Sweep;
        let steps = Steps::new(round).filter(possible);
        let steps: Vec<_> = steps.take(ROUND.min(count - report.steps)).collect();
        report.steps += steps.len();
        if let Some((at, text)) = play(&steps, ours, theirs, &mut report)? {
            let failing: Vec<_> = steps.into_iter().take(at + 1).collect();
            let difference = Difference { seed: round, steps: failing, text };
            let difference = shrink(difference, ours, theirs)?;
            return Err(Failed::Differs(Box::new(difference)));
        }
        round = round.wrapping_add(1);
    }
    Ok(report)
}

/// Plays the steps on empty tables; the index of the first that differs, and how.
fn play(
    steps: &[Step],
    ours: &mut dyn Target,
    theirs: &mut dyn Target,
    report: &mut Report,
) -> Result<Option<(usize, String)>, EngineError> {
    ours.reset()?;
    theirs.reset()?;
    let mut pages = (Value::Null, Value::Null);
    for (index, step) in steps.iter().enumerate() {
        let (our, their) = (step.take(ours, &mut pages.0), step.take(theirs, &mut pages.1));
        *report.calls.entry(step.operation().to_owned()).or_default() += 1;
        if let Err(refusal) = &our {
            *report.refusals.entry(refusal.code.clone()).or_default() += 1;
        }
        // Who sees the end where the other does not begins again: then both do.
        if pages.0.is_null() || pages.1.is_null() {
            pages = (Value::Null, Value::Null);
        }
        match compare::answers(step, our, their, theirs.name()) {
            Verdict::Same => {}
            Verdict::Known(names) => {
                for name in names {
                    *report.known.entry(name).or_default() += 1;
                }
            }
            Verdict::Different(text) => return Ok(Some((index, text))),
        }
    }
    let last = steps.len().saturating_sub(1);
    let left = compare::left_behind(ours, theirs, report)?;
    Ok(left.map(|text| (last, text)))
}

/// Leaves out steps, first many at a time, as long as what is left still differs.
fn shrink(
    found: Difference,
    ours: &mut dyn Target,
    theirs: &mut dyn Target,
) -> Result<Difference, EngineError> {
    let Difference { seed, mut steps, mut text } = found;
    let mut tries = 0;
    let mut width = steps.len().div_ceil(2).max(1);
    loop {
        let mut start = 0;
        let mut shorter = false;
        while start < steps.len() && tries < SHRINKS_MAX {
            let without = |(index, _): &(usize, &Step)| *index < start || *index >= start + width;
            let rest: Vec<Step> =
                steps.iter().enumerate().filter(without).map(|(_, step)| step.clone()).collect();
            tries += 1;
            match play(&rest, ours, theirs, &mut Report::default())? {
                Some((at, found)) => {
                    steps = rest.into_iter().take(at + 1).collect();
                    text = found;
                    shorter = true;
                }
                None => start += width,
            }
        }
        if width == 1 && !shorter || tries >= SHRINKS_MAX {
            return Ok(Difference { seed, steps, text });
        }
        width = width.div_ceil(2).max(1);
    }
}
