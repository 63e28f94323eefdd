//! Everything that goes wrong on purpose, and when it stops.

use std::{rc::Rc, sync::atomic::Ordering};

use gateway::{
    fake::FaultKind as ProviderFault,
    payout::{BankCall, BankFault},
};
use kernel::Span;
use local::{FaultKind, Knobs, RandomFaults};
use platform::Trigger;
use serde_json::json;

use crate::{Faults, dice::Dice, world::World};

/// How far behind an index may be, in writes.
pub const INDEX_LAG: usize = 12;
/// What a message says that nobody can read.
pub const POISON: &str = "poison on purpose";

const KINDS: &[FaultKind] = &[
    FaultKind::Throttle,
    FaultKind::Conflict,
    FaultKind::TimeoutBefore,
    FaultKind::TimeoutAfter,
    FaultKind::Status500,
    FaultKind::Unprocessed,
    FaultKind::StaleIndex,
    FaultKind::StaleIndex,
];
const PROVIDER_ACTIONS: &[&str] = &[
    "toss:confirm",
    "toss:read",
    "toss:cancel",
    "toss:charge",
    "kakaopay:ready",
    "kakaopay:approve",
    "kakaopay:order",
    "kakaopay:cancel",
];
const PROVIDER_FAULTS: &[ProviderFault] = &[
    ProviderFault::LostBefore,
    ProviderFault::LostAfter,
    ProviderFault::Status500,
    ProviderFault::Garbage,
];

impl World {
    /// Changes the weather every few minutes while the market is open.
    pub async fn weather(self: Rc<Self>, faults: Faults, seed: u64) {
        let dice = Dice::new(seed, "weather");
        while !self.calm.get() {
            self.turn(faults, &dice).await;
            let slow = if self.asleep.get() { 30 } else { 1 };
            self.sleep(Span::seconds(slow * dice.between(20, 400))).await;
        }
    }

    async fn turn(&self, faults: Faults, dice: &Dice) {
        if faults == Faults::None {
            return;
        }
        let storm = dice.often(100);
        let calls = if storm { dice.between(100, 300) } else { dice.between(0, 70) };
        self.cloud.faults().at_random(Some(RandomFaults {
            seed: dice.draw(),
            per_thousand: u32::try_from(calls).unwrap_or(0),
            action: "*".to_owned(),
            kinds: KINDS.to_vec(),
        }));
        let crashes = if dice.often(200) { 0 } else { dice.between(5, 100) };
        self.fleet.fate.crashes.store(u32::try_from(crashes).unwrap_or(0), Ordering::Relaxed);
        let stalls = if dice.often(300) { 0 } else { dice.between(5, 60) };
        self.fleet.fate.stalls.store(u32::try_from(stalls).unwrap_or(0), Ordering::Relaxed);
        if dice.often(300) {
            self.fleet.recycle();
        }
        self.turn_knobs(dice);
        self.trouble_others(dice);
        if dice.often(30) {
            self.poison(dice).await;
        }
    }

    fn turn_knobs(&self, dice: &Dice) {
        let copies = |chance| if dice.often(chance) { 2 } else { 1 };
        let (message_copies, stream_copies) = (copies(150), copies(150));
        let schedule_copies = copies(200);
        let shuffle = dice.often(500).then(|| dice.draw());
        let late = Span::seconds(if dice.often(300) { dice.between(1, 90) } else { 0 });
        let lost = dice.often(150);
        let turns = if dice.often(500) { dice.between(1, 4) } else { 0 };
        let retry = dice.often(300).then(|| Span::seconds(dice.between(1, 30)));
        let functions = registry::functions();
        let paused = dice.often(150).then(|| dice.pick(&functions).unwrap().id());
        let knobs = [
            ("message copies", message_copies > 1),
            ("stream copies", stream_copies > 1),
            ("schedule copies", schedule_copies > 1),
            ("queues shuffled", shuffle.is_some()),
            ("schedules late", late > Span::millis(0)),
            ("schedules lost", lost),
            ("function paused", paused.is_some()),
            ("transactions take turns", turns > 0),
        ];
        for (name, _) in knobs.iter().filter(|(_, on)| *on) {
            self.tally.count(&format!("weather {name}"));
        }
        self.cloud.adjust(|knobs| {
            *knobs = Knobs {
                message_copies,
                stream_copies,
                schedule_copies,
                shuffle,
                schedules_late: late,
                schedules_lost: lost,
                retry_visibility: retry,
                paused: paused.into_iter().collect(),
                transaction_turns: u32::try_from(turns).unwrap_or(0),
                ..knobs.clone()
            };
        });
    }

    fn trouble_others(&self, dice: &Dice) {
        self.providers.recover();
        self.bank.recover();
        for _ in 0..dice.between(0, 3) {
            let action = *dice.pick(PROVIDER_ACTIONS).unwrap();
            let fault = *dice.pick(PROVIDER_FAULTS).unwrap();
            self.tally.count(&format!("planned: provider {fault:?}"));
            self.providers.fail(action, 1, fault);
        }
        if dice.often(300) {
            let call =
                *dice.pick(&[BankCall::Transfer, BankCall::Find, BankCall::VerifyHolder]).unwrap();
            let fault = *dice.pick(&[BankFault::Before, BankFault::After]).unwrap();
            self.tally.count(&format!("planned: bank {fault:?}"));
            self.bank.fail_next(call, fault);
        }
    }

    /// Puts a message into some queue that its consumer cannot read.
    async fn poison(&self, dice: &Dice) {
        let functions = registry::functions();
        let queues: Vec<&str> = functions
            .iter()
            .filter_map(|function| match &function.trigger {
                Trigger::Queue(queue) => Some(queue.queue),
                _ => None,
            })
            .collect();
        let queue = *dice.pick(&queues).unwrap();
        let body = json!({ "poison": POISON, "detail": POISON });
        let sent = self.app().publisher.send(queue, &body, Span::millis(0)).await;
        self.tally.count(if sent.is_ok() { "fault poison" } else { "poison not taken" });
    }

    /// From now on nothing goes wrong any more.
    pub fn clear_up(&self) {
        self.calm.set(true);
        self.cloud.faults().clear();
        self.providers.recover();
        self.bank.recover();
        self.fleet.fate.crashes.store(0, Ordering::Relaxed);
        self.fleet.fate.stalls.store(0, Ordering::Relaxed);
        self.cloud.adjust(|knobs| {
            *knobs = Knobs { rates_apart: knobs.rates_apart, ..Knobs::default() };
        });
        // The clocks are right again.
        for _ in 0..12 {
            self.fleet.recycle();
        }
    }

    /// How often sweeps come.
    pub fn sweep_every(&self, span: Span) {
        self.cloud.adjust(|knobs| knobs.rates_apart = span);
    }
}
