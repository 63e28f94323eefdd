//! What a seeded bug does to a request, as a value: one row of the catalogue says it all.

use serde_json::Value;
use store::Table;

use crate::wire::{self, Target};

/// One way to be wrong.
#[derive(Clone, Copy, Debug)]
pub enum Tamper {
    /// The clauses on these attributes are missing from the condition (`*`: the whole condition).
    Unguard(Target, &'static [&'static str]),
    /// The same of several writes at once: guards that stand in for each other.
    UnguardAll(&'static [(Target, &'static [&'static str])]),
    /// The clause on an attribute compares by another operator.
    Compare(Target, &'static str, (&'static str, &'static str)),
    /// The same, and orders no more wait for their turn: the guards must hold without it.
    OutOfTurn(&'static Self),
    /// The writes are missing from their transaction.
    Omit(&'static [Target]),
    /// A number is multiplied, then changed.
    Renumber(Target, &'static str, (i64, i64)),
    /// Attributes are missing from an item that is put.
    Strip(Target, &'static [&'static str]),
    /// The bytes of an attribute that an update sets are none.
    Blank(Target, &'static str),
    /// Such a read, whose body says this somewhere, may be a moment old. Faults make it so.
    Eventual(&'static str, &'static str),
    /// The same, of requests that do this as well: the bug of one command among several that write
    /// alike.
    Beside(Target, &'static Self),
    /// A request that would do this is answered with success, and does nothing.
    Lose(Target),
    /// A failed condition of such a request is taken for success.
    Swallow(Target),
    /// A call of another service is answered with success, and does nothing.
    LoseCall(&'static str),
    /// Such a function's invocation says that everything went well, whatever happened.
    Acknowledge(&'static str),
    /// Such a function's invocation never runs, and says that everything went well.
    Skip(&'static str),
    /// What this does, and no sweep finds afterwards what a lost event should have brought.
    Unswept(&'static Self),
}

/// What finds the consequences of lost events.
const SWEEPS: [&str; 2] =
    ["lambda:trade-sweep-consequences", "lambda:exchange-sweep-cancelled-trades"];
/// Whose turn it is on an instrument.
const TURN: Target = Target::update(Table::Exchange, "turn#");
/// More orders than any instrument of a simulation has.
const FAR_BEHIND: i64 = 1_000_000;

/// What becomes of a request after a [`Tamper`] saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is none of the bug's business.
    Untouched,
    /// It goes on as it was changed.
    Changed,
    /// It does nothing, and is answered with success.
    Lost,
    /// It goes on; a failed condition is answered with success.
    Swallowed,
}

impl Tamper {
    /// Whether this call never happens, whatever else the bug does.
    #[must_use]
    pub fn silences(&self, action: &str) -> bool {
        matches!(self, Self::Unswept(_)) && SWEEPS.contains(&action)
    }

    /// What a sweep would mend, if it ran.
    #[must_use]
    pub const fn mended(&self) -> Option<&'static Self> {
        match self {
            Self::Unswept(inner @ (Self::Skip(_) | Self::Acknowledge(_))) => Some(inner),
            _ => None,
        }
    }

    /// Changes the request of `action` as the bug would; says what becomes of it.
    pub fn strike(&self, action: &str, body: &mut Value) -> Deed {
        let changed = match self {
            Self::Unguard(target, attributes) => unguard(action, body, target, attributes),
            Self::UnguardAll(guards) => {
                let drop = |(target, names): &(Target, &'static [&'static str])| {
                    unguard(action, body, target, names)
                };
                guards.iter().map(drop).sum()
            }
            Self::Compare(target, attribute, operators) => {
                wire::edit(action, body, target, |write| {
                    wire::compare(write, attribute, operators.0, operators.1)
                })
            }
            Self::OutOfTurn(tamper) => {
                let passed = wire::edit(action, body, &TURN, |write| {
                    wire::renumber(write, "done", |number| number + FAR_BEHIND)
                });
                let deed = tamper.strike(action, body);
                if deed != Deed::Untouched {
                    return deed;
                }
                passed
            }
            Self::Renumber(target, attribute, (times, plus)) => {
                wire::edit(action, body, target, |write| {
                    wire::renumber(write, attribute, |number| number * times + plus)
                })
            }
            Self::Strip(target, attributes) => wire::edit(action, body, target, |write| {
                let strip = |name: &&str| wire::strip(write, name);
                attributes.iter().map(strip).fold(false, std::ops::BitOr::bitor)
            }),
            Self::Blank(target, attribute) => {
                wire::edit(action, body, target, |write| wire::blank(write, attribute))
            }
            Self::Eventual(call, holding) if *call == action => {
                usize::from(wire::relax(body, holding))
            }
            Self::Omit(targets) => {
                if targets.iter().any(|target| wire::is_all(action, body, target)) {
                    return Deed::Lost;
                }
                targets.iter().map(|target| wire::omit(body, target)).sum()
            }
            Self::Unswept(tamper) => return tamper.strike(action, body),
            Self::Beside(target, tamper) if wire::is_any(action, body, target) => {
                return tamper.strike(action, body);
            }
            Self::Lose(target) if wire::is_any(action, body, target) => return Deed::Lost,
            Self::Swallow(target) if wire::is_any(action, body, target) => return Deed::Swallowed,
            Self::LoseCall(call) | Self::Skip(call) if *call == action => return Deed::Lost,
            Self::Acknowledge(call) if *call == action => return Deed::Swallowed,
            _ => 0,
        };
        if changed > 0 { Deed::Changed } else { Deed::Untouched }
    }
}

/// Drops the clauses on these attributes; answers from how many writes.
fn unguard(action: &str, body: &mut Value, target: &Target, attributes: &[&str]) -> usize {
    wire::edit(action, body, target, |write| {
        let drop = |name: &&str| wire::unguard(write, name);
        attributes.iter().map(drop).fold(false, std::ops::BitOr::bitor)
    })
}
