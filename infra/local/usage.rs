//! What the product asked of the cloud: calls and request units, to hold against budgets.

use std::{
    collections::BTreeMap,
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Sub},
};

use serde_json::Value;
use store::Table;

use crate::dynamo::Consumed;

/// DynamoDB request units, exact to a tenth (AWS counts in halves).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Units(u64);

impl Units {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub const fn whole(units: u64) -> Self {
        Self(units * 10)
    }

    #[must_use]
    pub const fn tenths(tenths: u64) -> Self {
        Self(tenths)
    }

    #[must_use]
    pub const fn in_tenths(self) -> u64 {
        self.0
    }

    /// A JSON number of units.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let text = format!("{:.1}", value.as_f64()?);
        text.replace('.', "").parse().ok().map(Self)
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}
impl Add for Units {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}
impl AddAssign for Units {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}
/// Never below zero.
impl Sub for Units {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}
impl Sum for Units {
    fn sum<I: Iterator<Item = Self>>(units: I) -> Self {
        units.fold(Self::ZERO, Add::add)
    }
}

/// Calls of one action on one table, and what they consumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub calls: u64,
    pub reads: Units,
    pub writes: Units,
}

/// Everything asked so far. Retries of the SDK count: each is a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls per action, like `dynamodb:GetItem` or `sqs:SendMessage`.
    pub actions: BTreeMap<String, u64>,
    /// DynamoDB calls per action and table; a call that spans tables counts in each.
    pub tables: BTreeMap<(String, Table), Spent>,
}

impl Usage {
    /// How often `action` was called.
    #[must_use]
    pub fn calls(&self, action: &str) -> u64 {
        self.actions.get(action).copied().unwrap_or(0)
    }

    /// The calls of every service and action together: network round trips.
    #[must_use]
    pub fn round_trips(&self) -> u64 {
        self.actions.values().sum()
    }

    /// Read units over all tables.
    #[must_use]
    pub fn reads(&self) -> Units {
        self.tables.values().map(|spent| spent.reads).sum()
    }

    /// Write units over all tables.
    #[must_use]
    pub fn writes(&self) -> Units {
        self.tables.values().map(|spent| spent.writes).sum()
    }

    /// What was spent on `table`, over all actions.
    #[must_use]
    pub fn table(&self, table: Table) -> Spent {
        let rows = self.tables.iter().filter(|((_, of), _)| *of == table);
        rows.fold(Spent::default(), |sum, (_, spent)| Spent {
            calls: sum.calls + spent.calls,
            reads: sum.reads + spent.reads,
            writes: sum.writes + spent.writes,
        })
    }

    /// What was added since `before`; rows that did not change are left out.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let actions = self.actions.iter().filter_map(|(action, calls)| {
            let added = calls.saturating_sub(before.calls(action));
            (added > 0).then(|| (action.clone(), added))
        });
        let tables = self.tables.iter().filter_map(|(key, now)| {
            let then = before.tables.get(key).copied().unwrap_or_default();
            let added = Spent {
                calls: now.calls.saturating_sub(then.calls),
                reads: now.reads - then.reads,
                writes: now.writes - then.writes,
            };
            (added != Spent::default()).then(|| (key.clone(), added))
        });
        Self { actions: actions.collect(), tables: tables.collect() }
    }

    pub(crate) fn count(&mut self, action: &str, tables: &[Table]) {
        *self.actions.entry(action.to_owned()).or_default() += 1;
        for table in tables {
            self.tables.entry((action.to_owned(), *table)).or_default().calls += 1;
        }
    }

    pub(crate) fn charge(&mut self, action: &str, consumed: &[Consumed]) {
        for part in consumed {
            let spent = self.tables.entry((action.to_owned(), part.table)).or_default();
            spent.reads += part.reads;
            spent.writes += part.writes;
        }
    }
}

/// One row per action and table: what a failing budget test prints.
impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (action, calls) in &self.actions {
            writeln!(f, "{action}: {calls} calls")?;
        }
        for ((action, table), spent) in &self.tables {
            let Spent { calls, reads, writes } = spent;
            writeln!(f, "{action} {}: {calls} calls, {reads} read, {writes} write", table.name())?;
        }
        Ok(())
    }
}
