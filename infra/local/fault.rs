//! Faults on purpose: which call fails, and how.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use store::Table;

use crate::random::Random;

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// Too many requests; nothing happened.
    Throttle,
    /// DynamoDB only: another transaction holds the item; nothing happened.
    Conflict,
    /// The connection timed out and nothing happened.
    TimeoutBefore,
    /// The connection timed out, and the call took effect all the same.
    TimeoutAfter,
    /// The service failed inside; nothing happened.
    Status500,
    /// DynamoDB batches only: the answer says that no item was processed.
    Unprocessed,
    /// A query of an index is answered as it stood some writes ago; needs
    /// [`Cloud::keep_index_copy`](crate::Cloud::keep_index_copy).
    StaleIndex,
    /// What is read without asking for consistency, by key or from a table, is answered as it stood
    /// some writes ago; needs the same copy.
    StaleRead,
    /// EventBridge only: one of the events sent is not taken, the others are.
    PartlyTaken,
}

/// One planned fault; it strikes once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Like `dynamodb:UpdateItem`; a trailing `*` matches any ending, so `*` is every call.
    pub action: String,
    /// Only calls that touch this table.
    pub table: Option<Table>,
    /// Strikes the nth matching call from now on, counting from 1.
    pub nth: u32,
    pub what: FaultKind,
}

impl Fault {
    /// Strikes the next call of `action`.
    #[must_use]
    pub fn next(action: &str, what: FaultKind) -> Self {
        Self { action: action.to_owned(), table: None, nth: 1, what }
    }

    /// Strikes the nth call instead.
    #[must_use]
    pub fn nth(self, nth: u32) -> Self {
        Self { nth, ..self }
    }

    /// Only calls that touch `table`.
    #[must_use]
    pub fn on(self, table: Table) -> Self {
        Self { table: Some(table), ..self }
    }

    fn matches(&self, action: &str, tables: &[Table]) -> bool {
        let named = match self.action.strip_suffix('*') {
            Some(start) => action.starts_with(start),
            None => action == self.action,
        };
        named && self.table.is_none_or(|table| tables.contains(&table))
    }
}

/// Faults by chance, the same ones for the same seed and the same calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomFaults {
    pub seed: u64,
    /// How many of a thousand calls fail.
    pub per_thousand: u32,
    /// As in [`Fault::action`].
    pub action: String,
    pub kinds: Vec<FaultKind>,
}

/// A fault that struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injected {
    pub action: String,
    pub what: FaultKind,
}

/// What a knob did to a delivery, or to transactions that met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Upset {
    /// A queue message was stored more than once.
    MessageCopied,
    /// A batch of queue messages was not the oldest ones in their order.
    QueueShuffled,
    /// A batch of queue messages was due and its function paused.
    DeliveryHeldUp,
    /// A stream batch was delivered more than once.
    StreamCopied,
    /// A stream's records were done with before an older one of another shard was.
    ShardsApart,
    ScheduleLate,
    ScheduleCopied,
    ScheduleLost,
    /// A write was refused because a transaction on its item was under way.
    TransactionsMet,
    /// A read of a partition in which a transaction was decided and not all true.
    HalfSeen,
    /// A request was answered 503: its function ran as often as it may at once.
    RequestRefused,
    /// A request was answered 429 by the gateway, and no function heard of it.
    RequestThrottled,
    /// A batch of queue messages was delivered again while an invocation still worked on it.
    VisibilityEnded,
    /// A batch or a schedule's invocation was refused for the same reason.
    DeliveryRefused,
    /// An invocation waited for its environment to start.
    ColdStart,
    /// An invocation took seconds longer than its work.
    SlowInvocation,
}

/// The plan of one cloud. Planned faults go before random ones.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plan>);

#[derive(Debug, Default)]
struct Plan {
    planned: Vec<Fault>,
    random: Option<(RandomFaults, Random)>,
    injected: Vec<Injected>,
    upsets: BTreeMap<Upset, u64>,
}

impl Faults {
    pub fn push(&self, fault: Fault) {
        self.plan().planned.push(fault);
    }

    /// From now on faults strike by chance as well; `None` ends that.
    pub fn at_random(&self, faults: Option<RandomFaults>) {
        self.plan().random = faults.map(|faults| {
            let random = Random::new(faults.seed);
            (faults, random)
        });
    }

    /// Nothing fails any more. What has struck stays readable.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.planned.clear();
        plan.random = None;
    }

    /// The planned faults that have not struck yet.
    #[must_use]
    pub fn pending(&self) -> Vec<Fault> {
        self.plan().planned.clone()
    }

    /// What has struck, in order.
    #[must_use]
    pub fn injected(&self) -> Vec<Injected> {
        self.plan().injected.clone()
    }

    /// How often each upset happened.
    #[must_use]
    pub fn upsets(&self) -> BTreeMap<Upset, u64> {
        self.plan().upsets.clone()
    }

    pub(crate) fn note(&self, upset: Upset) {
        *self.plan().upsets.entry(upset).or_default() += 1;
    }

    /// The fault that strikes this call, if any.
    pub(crate) fn strike(&self, action: &str, tables: &[Table]) -> Option<FaultKind> {
        let mut plan = self.plan();
        let what = plan.planned_strike(action, tables).or_else(|| plan.random_strike(action))?;
        plan.injected.push(Injected { action: action.to_owned(), what });
        Some(what)
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Plan {
    fn planned_strike(&mut self, action: &str, tables: &[Table]) -> Option<FaultKind> {
        let mut due = None;
        for (index, fault) in self.planned.iter_mut().enumerate() {
            if fault.matches(action, tables) {
                fault.nth = fault.nth.saturating_sub(1);
                if fault.nth == 0 && due.is_none() {
                    due = Some(index);
                }
            }
        }
        due.map(|index| self.planned.remove(index).what)
    }

    fn random_strike(&mut self, action: &str) -> Option<FaultKind> {
        let (faults, random) = self.random.as_mut()?;
        let pattern = Fault::next(&faults.action, FaultKind::Throttle);
        if !pattern.matches(action, &[]) || !random.hits(faults.per_thousand) {
            return None;
        }
        random.pick(&faults.kinds).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_the_nth_matching_call_once() {
        let faults = Faults::default();
        faults.push(Fault::next("sqs:*", FaultKind::Throttle).nth(2));
        assert_eq!(faults.strike("sns:Publish", &[]), None);
        assert_eq!(faults.strike("sqs:SendMessage", &[]), None);
        assert_eq!(faults.strike("sqs:SendMessage", &[]), Some(FaultKind::Throttle));
        assert_eq!(faults.strike("sqs:SendMessage", &[]), None);
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn keeps_to_its_table() {
        let faults = Faults::default();
        faults.push(Fault::next("*", FaultKind::Conflict).on(Table::Auction));
        assert_eq!(faults.strike("dynamodb:PutItem", &[Table::Identity]), None);
        assert_eq!(faults.strike("dynamodb:PutItem", &[Table::Auction]), Some(FaultKind::Conflict));
    }

    #[test]
    fn the_same_seed_strikes_the_same_calls() {
        let strikes = |seed| {
            let faults = Faults::default();
            let kinds = vec![FaultKind::Throttle, FaultKind::TimeoutAfter];
            let random = RandomFaults { seed, per_thousand: 200, action: "*".into(), kinds };
            faults.at_random(Some(random));
            (0..100).map(|_| faults.strike("sqs:SendMessage", &[])).collect::<Vec<_>>()
        };
        assert_eq!(strikes(7), strikes(7));
        assert_ne!(strikes(7), strikes(8));
        assert!(strikes(7).iter().flatten().count() > 5);
    }
}
