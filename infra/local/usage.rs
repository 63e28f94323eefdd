//! What the product asked of the cloud: calls and request units, to hold against budgets.

use std::{
    collections::BTreeMap,
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Sub},
};

use serde_json::Value;
use store::Table;

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

/// What one call consumed of one table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Consumed {
    pub table: Table,
    pub reads: Units,
    pub writes: Units,
}

/// Calls of one action on one table, and what they consumed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    pub calls: u64,
    pub reads: Units,
    pub writes: Units,
}

/// What one invocation asked of the cloud.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Calls per action.
    pub actions: BTreeMap<String, u64>,
    /// Queue messages, bus events, text messages and e-mails handed over, however many a call.
    pub messages: u64,
}

/// Everything asked so far. Retries of the SDK count: each is a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls per action, like `dynamodb:GetItem` or `sqs:SendMessage`.
    pub actions: BTreeMap<String, u64>,
    /// DynamoDB calls per action and table; a call that spans tables counts in each.
    pub tables: BTreeMap<(String, Table), Spent>,
    /// By request id, while [`crate::Knobs::tally`] is on.
    pub invocations: BTreeMap<String, Asked>,
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
        let fresh = self.invocations.iter().filter(|(id, _)| !before.invocations.contains_key(*id));
        Self {
            actions: actions.collect(),
            tables: tables.collect(),
            invocations: fresh.map(|(id, asked)| (id.clone(), asked.clone())).collect(),
        }
    }

    /// Counts a call of the invocation `request_id`.
    pub(crate) fn tally(&mut self, request_id: &str, action: &str, body: &Value) {
        let asked = self.invocations.entry(request_id.to_owned()).or_default();
        *asked.actions.entry(action.to_owned()).or_default() += 1;
        asked.messages += messages(action, body);
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

/// How many messages a call hands over.
fn messages(action: &str, body: &Value) -> u64 {
    match action {
        "sqs:SendMessage" | "sns:Publish" | "ses:SendEmail" => 1,
        "sqs:SendMessageBatch" | "events:PutEvents" => {
            let entries = body.get("Entries").and_then(Value::as_array);
            entries.map_or(0, |entries| u64::try_from(entries.len()).unwrap_or(u64::MAX))
        }
        _ => 0,
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
