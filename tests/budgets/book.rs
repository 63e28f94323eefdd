//! The table of budgets: what it says, how it is written, what differs.

use std::{collections::BTreeMap, fmt};

use local::Asked;
use serde_json::Value;

const DYNAMODB: &str = "dynamodb:";

const HEAD: &str = "# Budgets

What one request, message batch or run asks of AWS: the dearest one that the stories in
`tests/budgets/` meet, every figure for itself. Calls without a service are DynamoDB's; messages are
those to queues, bus, phones and e-mail. A rise fails `cargo test`; when it is meant, or something
became cheaper or new, copy `target/budgets.md` (written by that test) over this file. A repetition
and a refusal cost what is written at them. Writes whose condition fails consume units that DynamoDB
does not report.

| function | outcome | calls | messages | read units | write units |
|---|---|---|--:|--:|--:|
";

/// Of one invocation; units in thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// By kind, like `UpdateItem` or `sqs:SendMessage`.
    pub calls: BTreeMap<String, u64>,
    pub messages: u64,
    pub reads: u64,
    pub writes: u64,
}

/// The dearest invocation by function and outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book(BTreeMap<(String, String), Cost>);

impl Cost {
    /// What a log line says, and what the cloud counted of the same invocation.
    pub fn of(line: &Value, asked: &Asked) -> Self {
        let number = |name: &str| line[name].as_u64().unwrap_or_else(|| panic!("{name}: {line}"));
        let kinds = asked.actions.iter().map(|(action, calls)| {
            (action.strip_prefix(DYNAMODB).unwrap_or(action).to_owned(), *calls)
        });
        let data = asked.actions.iter().filter(|(action, _)| action.starts_with(DYNAMODB));
        let data: u64 = data.map(|(_, calls)| calls).sum();
        assert_eq!(number("dataCalls"), data, "the function and the cloud count alike: {line}");
        Self {
            calls: kinds.collect(),
            messages: asked.messages,
            reads: number("milliReads"),
            writes: number("milliWrites"),
        }
    }

    fn max(mut self, other: &Self) -> Self {
        for (kind, calls) in &other.calls {
            let most = self.calls.entry(kind.clone()).or_default();
            *most = (*most).max(*calls);
        }
        Self {
            calls: self.calls,
            messages: self.messages.max(other.messages),
            reads: self.reads.max(other.reads),
            writes: self.writes.max(other.writes),
        }
    }
}

/// `BatchGetItem, 2 UpdateItem`
fn kinds(calls: &BTreeMap<String, u64>) -> String {
    let each = calls.iter().map(|(kind, calls)| match calls {
        1 => kind.clone(),
        calls => format!("{calls} {kind}"),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn read_kinds(text: &str) -> Option<BTreeMap<String, u64>> {
    let each = text.split(", ").filter(|kind| !kind.is_empty());
    let each = each.map(|kind| match kind.split_once(' ') {
        Some((calls, kind)) => Some((kind.to_owned(), calls.parse().ok()?)),
        None => Some((kind.to_owned(), 1)),
    });
    each.collect()
}

/// `2.5` of 2500.
fn units(milli: u64) -> String {
    let text = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

fn milli(units: &str) -> Option<u64> {
    let (whole, part) = units.split_once('.')?;
    format!("{whole}{part:0<3}").parse().ok()
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, messages, reads, writes } = self;
        let (calls, reads, writes) = (kinds(calls), units(*reads), units(*writes));
        write!(f, "{calls}; {messages} messages, {reads} read, {writes} written")
    }
}

impl Book {
    pub fn note(&mut self, function: &str, outcome: &str, cost: Cost) {
        let row = self.0.entry((function.to_owned(), outcome.to_owned())).or_default();
        *row = cost.max(row);
    }

    pub fn joined(mut self, other: Self) -> Self {
        for ((function, outcome), cost) in other.0 {
            self.note(&function, &outcome, cost);
        }
        self
    }

    /// The rows of these outcomes only.
    pub fn only(mut self, counts: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(_, outcome), _| counts(outcome));
        self
    }

    pub fn render(&self) -> String {
        let rows = self.0.iter().map(|((function, outcome), cost)| {
            let (calls, reads, writes) =
                (kinds(&cost.calls), units(cost.reads), units(cost.writes));
            let messages = cost.messages;
            format!("| `{function}` | {outcome} | {calls} | {messages} | {reads} | {writes} |\n")
        });
        format!("{HEAD}{}", rows.collect::<String>())
    }

    /// What that outcome costs; there must be a row of it.
    pub fn cost(&self, function: &str, outcome: &str) -> &Cost {
        let row = self.0.get(&(function.to_owned(), outcome.to_owned()));
        row.unwrap_or_else(|| panic!("no row of {function} ({outcome})"))
    }

    /// Function and outcome of every row.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.keys().map(|(function, outcome)| (function.as_str(), outcome.as_str()))
    }

    /// The rows of a rendered text; whatever is no row is none.
    pub fn parse(text: &str) -> Self {
        let row = |line: &str| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let ["", function, outcome, calls, messages, reads, writes, ""] = cells[..] else {
                return None;
            };
            let function = function.strip_prefix('`')?.strip_suffix('`')?;
            let cost = Cost {
                calls: read_kinds(calls)?,
                messages: messages.parse().ok()?,
                reads: milli(reads)?,
                writes: milli(writes)?,
            };
            Some(((function.to_owned(), outcome.to_owned()), cost))
        };
        Self(text.lines().filter_map(row).collect())
    }

    /// What became dearer than `budget` says, and what else differs from it.
    pub fn against(&self, budget: &Self) -> (Vec<String>, Vec<String>) {
        let (mut rises, mut changes) = (Vec::new(), Vec::new());
        for (key, cost) in &self.0 {
            let name = format!("{} ({})", key.0, key.1);
            match budget.0.get(key) {
                None => changes.push(format!("  new: {name}: {cost}")),
                Some(due) if due.clone().max(cost) != *due => {
                    rises.push(format!("  {name}: {due} → {cost}"));
                }
                Some(due) if due != cost => changes.push(format!("  {name}: {due} → {cost}")),
                Some(_) => {}
            }
        }
        let gone = budget.0.keys().filter(|key| !self.0.contains_key(key));
        changes.extend(gone.map(|key| format!("  gone: {} ({})", key.0, key.1)));
        (rises, changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(rows: &[(&str, u64, u64, u64)]) -> Book {
        let mut book = Book::default();
        for (outcome, calls, reads, writes) in rows {
            let kinds = [("GetItem", 1), ("TransactWriteItems", *calls), ("sqs:SendMessage", 2)];
            let used = kinds.into_iter().filter(|(_, calls)| *calls > 0);
            let calls = used.map(|(kind, calls)| (kind.to_owned(), calls)).collect();
            let cost = Cost { calls, messages: 3, reads: *reads, writes: *writes };
            book.note("trade-pay-trade", outcome, cost);
        }
        book
    }

    #[test]
    fn what_is_written_is_read_again() {
        let book = book(&[("200", 4, 2_500, 24_000), ("409 x", 1, 500, 0), ("201", 0, 0, 1_125)]);
        let text = book.render();
        let row = "| 200 | GetItem, 4 TransactWriteItems, 2 sqs:SendMessage | 3 | 2.5 | 24.0 |\n";
        assert!(text.contains(row), "{text}");
        assert_eq!(Book::parse(&text), book);
        assert_eq!(Book::parse(""), Book::default());
    }

    #[test]
    fn a_rise_is_told_from_other_changes() {
        let due = book(&[("200", 4, 2_500, 24_000), ("201", 1, 1_000, 1_000)]);
        assert_eq!(due.against(&due), (vec![], vec![]));
        for (calls, reads, writes) in [(5, 2_500, 24_000), (4, 3_000, 0), (4, 2_500, 24_500)] {
            let dearer = book(&[("200", calls, reads, writes), ("201", 1, 1_000, 1_000)]);
            let (rises, changes) = dearer.against(&due);
            assert_eq!((rises.len(), changes.len()), (1, 0));
            assert!(rises[0].contains("trade-pay-trade (200): GetItem, 4 Trans"), "{rises:?}");
        }
        let cheaper = book(&[("200", 3, 2_500, 24_000), ("404", 1, 1_000, 0)]);
        let (rises, changes) = cheaper.against(&due);
        assert_eq!(rises, Vec::<String>::new());
        assert_eq!(changes.len(), 3, "{changes:?}");
    }

    #[test]
    fn the_dearest_invocation_counts() {
        let twice = book(&[("200", 4, 0, 1_000), ("200", 3, 500, 2_000)]);
        assert_eq!(twice, book(&[("200", 4, 500, 2_000)]));
    }
}
