//! Everything that goes wrong on purpose, and when it stops.

use std::{rc::Rc, sync::atomic::Ordering};

use gateway::{
    fake::FaultKind as ProviderFault,
    payout::{BankCall, BankFault},
};
use kernel::Span;
use local::{ColdStarts, FaultKind, Knobs, Lapses, RandomFaults, Slowness, Throttling, Visibility};
use platform::{FunctionName, Trigger};
use serde_json::json;

use crate::{Faults, faults::Fault, history_log::fault_count, prng::Prng, world::World};

/// How far behind an index may be, in writes.
pub const INDEX_LAG: usize = 12;
/// Of a thousand turns, in how many nothing fails but a replica that is behind: of those that may
/// read there, many then do.
const REPLICA_BEHIND: u32 = 120;
const BEHIND_PER_THOUSAND: u32 = 400;
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
    FaultKind::StaleRead,
    FaultKind::PartlyTaken,
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
    ProviderFault::Status429,
    ProviderFault::Garbage,
];

impl World {
    /// Changes what goes wrong every few minutes while the market is open.
    pub async fn follow_fault_schedule(self: Rc<Self>, faults: Faults, seed: u64) {
        let prng = Prng::new(seed, "weather");
        let hosting = Prng::new(seed, "hosting");
        let limits = Prng::new(seed, "limits");
        while !self.calm.get() {
            self.turn(faults, &prng).await;
            if faults == Faults::All {
                self.turn_hosting(&hosting);
                self.turn_limits(&limits);
            }
            let slow = if self.asleep.get() { 30 } else { 1 };
            self.sleep(Span::seconds(slow * prng.between(20, 400))).await;
        }
    }

    async fn turn(&self, faults: Faults, prng: &Prng) {
        if faults == Faults::None {
            return;
        }
        let storm = prng.often(100);
        let calls = if storm { prng.between(100, 300) } else { prng.between(0, 70) };
        self.cloud.faults().at_random(Some(RandomFaults {
            seed: prng.draw(),
            per_thousand: u32::try_from(calls).unwrap_or(0),
            action: "*".to_owned(),
            kinds: KINDS.to_vec(),
        }));
        let crashes = if prng.often(200) { 0 } else { prng.between(5, 100) };
        self.fleet
            .crashes
            .per_thousand
            .store(u32::try_from(crashes).unwrap_or(0), Ordering::Relaxed);
        let stalls = if prng.often(300) { 0 } else { prng.between(5, 60) };
        self.fleet
            .crashes
            .stalls_per_thousand
            .store(u32::try_from(stalls).unwrap_or(0), Ordering::Relaxed);
        if prng.often(300) {
            self.fleet.recycle();
        }
        self.turn_knobs(prng);
        self.trouble_others(prng);
        if prng.often(30) {
            self.poison(prng).await;
        }
    }

    fn turn_knobs(&self, prng: &Prng) {
        let copies = |chance| if prng.often(chance) { 2 } else { 1 };
        let (message_copies, stream_copies) = (copies(150), copies(150));
        let schedule_copies = copies(200);
        let shuffle = prng.often(500).then(|| prng.draw());
        let late = Span::seconds(if prng.often(300) { prng.between(1, 90) } else { 0 });
        let lost = prng.often(150);
        let turns = if prng.often(500) { prng.between(1, 4) } else { 0 };
        let visibility = prng.often(600).then(|| Visibility {
            seed: prng.draw(),
            calls: u32::try_from(prng.between(5, 80)).unwrap_or(0),
            span: Span::millis(0),
        });
        let retry = prng.often(300).then(|| Span::seconds(prng.between(1, 30)));
        let functions = registry::functions();
        let paused = prng.often(150).then(|| prng.pick(&functions).unwrap().id());
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
                visibility,
                ..knobs.clone()
            };
        });
    }

    /// How functions start, run and are refused, and how their streams are cut.
    fn turn_hosting(&self, prng: &Prng) {
        let shards = if prng.often(500) { prng.between(2, 4) } else { 1 };
        let concurrency = prng.often(250).then(|| prng.between(1, 4));
        let seed = prng.draw();
        let least = Span::millis(200);
        let most = Span::seconds(2);
        let starts = ColdStarts { seed, least, most, kept: Span::minutes(5) };
        let cold_starts = prng.often(500).then_some(starts);
        let often = if prng.often(300) { prng.between(5, 60) } else { 0 };
        // The longest are longer than most functions may run: they end after their effect.
        let slowness = Slowness {
            seed,
            per_thousand: u32::try_from(often).unwrap_or(0),
            least: Span::seconds(1),
            most: Span::seconds(12),
        };
        self.cloud.adjust(|knobs| {
            knobs.shards = usize::try_from(shards).unwrap_or(1);
            knobs.concurrency = concurrency.map(|most| u32::try_from(most).unwrap_or(1));
            knobs.cold_starts = cold_starts;
            knobs.slowness = (often > 0).then_some(slowness);
        });
    }

    /// Where the cloud's own limits are met: requests too many for the gateway, batches that are
    /// worked on for longer than they are hidden, and a replica that is behind for a while.
    fn turn_limits(&self, prng: &Prng) {
        let seed = prng.draw();
        let refused = if prng.often(250) { prng.between(5, 150) } else { 0 };
        let lapsing = if prng.often(300) { prng.between(20, 200) } else { 0 };
        let turns = u32::try_from(prng.between(1, 25)).unwrap_or(1);
        let behind = prng.often(REPLICA_BEHIND);
        let per_thousand = |often: i64| u32::try_from(often).unwrap_or(0);
        let throttling = Throttling { seed, per_thousand: per_thousand(refused) };
        let lapses = Lapses { seed, per_thousand: per_thousand(lapsing), turns };
        self.cloud.adjust(|knobs| {
            knobs.throttling = (refused > 0).then_some(throttling);
            knobs.lapses = (lapsing > 0).then_some(lapses);
        });
        if behind {
            self.history.count("spells with a replica behind");
            self.cloud.faults().at_random(Some(RandomFaults {
                seed,
                per_thousand: BEHIND_PER_THOUSAND,
                action: "*".to_owned(),
                kinds: vec![FaultKind::StaleRead],
            }));
        }
    }

    fn trouble_others(&self, prng: &Prng) {
        self.providers.recover();
        self.bank.recover();
        for _ in 0..prng.between(0, 3) {
            let action = *prng.pick(PROVIDER_ACTIONS).unwrap();
            let fault = *prng.pick(PROVIDER_FAULTS).unwrap();
            self.providers.fail(action, 1, fault);
        }
        if prng.often(300) {
            let call =
                *prng.pick(&[BankCall::Transfer, BankCall::Find, BankCall::VerifyHolder]).unwrap();
            let fault = *prng.pick(&[BankFault::Before, BankFault::After]).unwrap();
            self.bank.fail_next(call, fault);
        }
    }

    /// Puts a message into some queue that its consumer cannot read.
    async fn poison(&self, prng: &Prng) {
        let functions = registry::functions();
        let queues: Vec<FunctionName> = functions
            .iter()
            .filter(|function| matches!(function.trigger, Trigger::Queue(_)))
            .map(|function| function.full_name())
            .collect();
        let queue = *prng.pick(&queues).unwrap();
        let body = json!({ "poison": POISON, "detail": POISON });
        let sent = self.app().publisher.send(queue, &body, Span::millis(0)).await;
        match sent {
            Ok(_) => self.history.strike(Fault::Poison),
            Err(_) => self.history.count("poison not taken"),
        }
    }

    /// From now on nothing goes wrong any more.
    pub fn clear_up(&self) {
        self.calm.set(true);
        self.cloud.faults().clear();
        self.providers.recover();
        self.bank.recover();
        self.fleet.crashes.per_thousand.store(0, Ordering::Relaxed);
        self.fleet.crashes.stalls_per_thousand.store(0, Ordering::Relaxed);
        self.cloud.adjust(|knobs| {
            let Knobs { rates_apart, answers_wait, .. } = *knobs;
            *knobs = Knobs { rates_apart, answers_wait, ..Knobs::default() };
        });
        // The clocks are right again.
        for _ in 0..12 {
            self.fleet.recycle();
        }
    }

    /// Counts what the cloud, the providers and the bank were told to do wrong, and did.
    pub fn count_strikes(&self) {
        for (upset, times) in self.cloud.faults().upsets() {
            self.history.add(&fault_count(Fault::of_upset(upset)), times);
        }
        let struck = self.providers.struck();
        struck.into_iter().filter_map(Fault::of_provider).for_each(|it| self.history.strike(it));
        let struck = self.bank.struck();
        struck.into_iter().map(Fault::of_bank).for_each(|it| self.history.strike(it));
    }

    /// How often sweeps come.
    pub fn sweep_every(&self, span: Span) {
        self.cloud.adjust(|knobs| knobs.rates_apart = span);
    }
}
