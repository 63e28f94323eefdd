//! Schedules that are due become asynchronous invocations, which are tried three times.

use futures::future::join_all;
use kernel::{Instant, Span};
use serde_json::json;

use super::delivery::{Delivery, Failing};
use crate::{
    fault::{Faults, Upset},
    knobs::Knobs,
    state::{Failed, Invocation, State},
};

/// Lambda's waits before the second and the third attempt of an asynchronous invocation.
const RETRY_WAITS: [Span; 2] = [Span::minutes(1), Span::minutes(2)];
/// Its wait after a refusal, which is no attempt: the shortest there.
const REFUSED_WAIT: Span = Span::seconds(1);

/// Whether rate schedules count as something to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rates {
    Counted,
    Ignored,
}

impl Delivery {
    pub(super) async fn pump_schedules(&self) -> usize {
        let account = &self.account;
        let now = account.clock.now();
        let knobs = account.knobs(|knobs| knobs.clone());
        if self.schedules_due(Rates::Counted).is_none_or(|due| due > now) {
            return 0;
        }
        let due = account.change(|state| {
            fire_one_time(state, &knobs, now, &account.faults);
            self.fire_rates(state, &knobs, now);
            let is_due = |invocation: &Invocation| {
                invocation.due <= now && !knobs.paused.contains(&invocation.function)
            };
            state.invocations.extract_if(.., |invocation| is_due(invocation)).collect::<Vec<_>>()
        });
        let made = due.len();
        join_all(due.into_iter().map(|invocation| self.attempt(invocation))).await;
        made
    }

    /// A rate fires at the multiples of its span; those missed meanwhile fire as one.
    fn fire_rates(&self, state: &mut State, knobs: &Knobs, now: Instant) {
        for rate in &self.account.wiring.rates {
            let latest = multiple(now, rate.every.max(knobs.rates_apart));
            let last = state.rates.entry(rate.id.clone()).or_insert(latest);
            if *last < latest && knobs.rates && !knobs.paused.contains(&rate.id) {
                *last = latest;
                state.invocations.push(Invocation {
                    function: rate.id.clone(),
                    payload: json!({ "scheduledTime": latest }),
                    due: now,
                    attempts: 0,
                });
            }
        }
    }

    async fn attempt(&self, invocation: Invocation) {
        let account = &self.account;
        let Some(function) = account.wiring.functions.get(&invocation.function).copied() else {
            tracing::warn!(function = invocation.function, "a schedule names no function");
            return;
        };
        let answer = self.invoke(function, invocation.payload.clone()).await;
        let reason = match answer {
            Ok(_) => return,
            Err(Failing::Broken(reason)) => reason,
            Err(Failing::Refused) => {
                let due = account.clock.now() + REFUSED_WAIT;
                let again = Invocation { due, ..invocation };
                return account.change(|state| state.invocations.push(again));
            }
        };
        let attempts = invocation.attempts + 1;
        tracing::warn!(function = invocation.function, attempts, reason, "an invocation failed");
        let now = account.clock.now();
        let wait = RETRY_WAITS.get(usize::try_from(invocation.attempts).unwrap_or(usize::MAX));
        account.change(|state| match wait {
            Some(wait) => {
                state.invocations.push(Invocation { attempts, due: now + *wait, ..invocation });
            }
            None => {
                let Invocation { function, payload, .. } = invocation;
                state.failed.push(Failed { function, payload, reason, at: now });
            }
        });
    }

    pub(super) fn schedules_due(&self, rates: Rates) -> Option<Instant> {
        let account = &self.account;
        let knobs = account.knobs(|knobs| knobs.clone());
        let live = |function: &str| !knobs.paused.contains(function);
        account.read(|state| {
            let one_time = state.schedules.values();
            let one_time = one_time.filter(|schedule| !schedule.completed);
            let one_time = one_time.filter(|schedule| live(&schedule.function));
            let one_time = one_time.map(|schedule| schedule.at + knobs.schedules_late);
            let retries = state.invocations.iter();
            let retries = retries.filter(|invocation| live(&invocation.function));
            let retries = retries.map(|invocation| invocation.due);
            let counted = rates == Rates::Counted && knobs.rates;
            let rates = account.wiring.rates.iter().filter(|rate| counted && live(&rate.id));
            let rates = rates.filter_map(|rate| {
                let every = rate.every.max(knobs.rates_apart);
                state.rates.get(&rate.id).map(|last| multiple(*last, every) + every)
            });
            one_time.chain(retries).chain(rates).min()
        })
    }
}

/// Turns the one-time schedules that are due into invocations, as the knobs say.
fn fire_one_time(state: &mut State, knobs: &Knobs, now: Instant, faults: &Faults) {
    let late = knobs.schedules_late;
    for schedule in state.schedules.values_mut() {
        let paused = knobs.paused.contains(&schedule.function);
        if schedule.completed || paused || schedule.at + late > now {
            continue;
        }
        schedule.completed = true;
        if knobs.schedules_lost {
            faults.note(Upset::ScheduleLost);
        } else if knobs.schedule_copies > 1 {
            faults.note(Upset::ScheduleCopied);
        }
        if late > Span::millis(0) && !knobs.schedules_lost {
            faults.note(Upset::ScheduleLate);
        }
        let copies = if knobs.schedules_lost { 0 } else { knobs.schedule_copies.max(1) };
        for _ in 0..copies {
            state.invocations.push(Invocation {
                function: schedule.function.clone(),
                payload: schedule.input.clone(),
                due: now,
                attempts: 0,
            });
        }
    }
    state.schedules.retain(|_, schedule| !(schedule.completed && schedule.delete_after));
}

/// The latest multiple of `every` that is not after `now`.
pub(crate) fn multiple(now: Instant, every: Span) -> Instant {
    let over = now.millis().checked_rem(every.as_millis()).unwrap_or(0);
    Instant::from_millis(now.millis() - over)
}
