//! One run from its seed to its outcome.

use std::rc::Rc;

use kernel::{Clock as _, Span};
use local::Cloud;
use serde_json::json;
use store::Table;

use crate::{
    Finding, Options, Outcome,
    actors::{Actor, Calendar, Crew, SCHEMES, Scheme},
    auditor::Outcomes,
    fault_schedule::INDEX_LAG,
    people::{ADMIN, INSPECTOR, USER},
    person::{Hand, Part, Person},
    prng::Prng,
    world::World,
};

/// Who comes, how often.
const PARTS: &[(Part, usize)] = &[
    (Part::Seller, 2),
    (Part::Bidder, 5),
    (Part::Trader, 4),
    (Part::Inspector, 1),
    (Part::Admin, 1),
    (Part::Provider, 1),
];
/// What everybody has who plots, and whom they are after.
const PLOTTERS_PURSE: i64 = 500_000;
/// How long the market is closed between two days.
const NIGHTS_H: &[i64] = &[2, 5, 11, 23, 26, 47];
/// How long everybody is left to themselves in the end: a deadline to pay and one to ship pass.
const SETTLING_TIME: Span = Span::days(5);
/// How often sweeps come while the market is open, at night, and in the end.
const SWEEPS: [Span; 3] = [Span::minutes(4), Span::hours(3), Span::hours(8)];
/// How often they come by day in a short run.
const SHORT_SWEEPS: Span = Span::minutes(10);

/// Plays a seed. Never panics for what the product does: that is what findings are for.
#[must_use]
pub fn run(options: &Options) -> Outcome {
    // The SDK's jitter and tokens, and our own back-off, draw from this thread's generator.
    fastrand::seed(options.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let world = World::new(options);
        let tasks = Rc::clone(&world.tasks);
        tasks.run(Box::pin(whole(&world, options))).await;
        world.count_strikes();
        world.cloud.detach();
        let findings = world.findings.take().into_iter();
        let findings = findings.map(|what| Finding { seed: options.seed, what });
        Outcome {
            findings: findings.collect(),
            digest: world.history.digest(),
            counts: world.history.counts(),
            points: world.fleet.points(),
            played_seconds: world.clock.played().as_millis() / 1_000,
            history: world.history.lines(),
        }
    })
}

async fn whole(world: &Rc<World>, options: &Options) {
    // Two histories are the same only if the same was played: the first line says what that is.
    world.history.step(|| options.to_string());
    world.cloud.keep_index_copy(INDEX_LAG).unwrap();
    world.cloud.adjust(|knobs| knobs.answers_wait = options.answers_wait);
    world.tasks.spawn(Rc::clone(world).pump());
    let calendar = Rc::new(calendar(world, options));
    open(world, options, &calendar).await;
    let faults = Rc::clone(world).follow_fault_schedule(options.faults, options.seed);
    world.tasks.spawn(faults);
    let mut outcomes = Outcomes::new();
    let mut first = true;
    let enough = || options.stop_at_first && !world.findings.borrow().is_empty();
    while world.busy.get() > 0 && !enough() {
        let now = world.clock.now();
        let opening = calendar.openings.iter().rev().find(|opening| **opening <= now);
        let since = opening.map_or(Span::millis(0), |opening| now.since(*opening));
        let asleep = since > Span::minutes(45);
        if world.asleep.replace(asleep) != asleep || std::mem::take(&mut first) {
            world.sweep_every(if asleep { SWEEPS[1] } else { by_day(options) });
            world.audit_midway(&mut outcomes);
        }
        world.sleep(Span::minutes(15)).await;
    }
    if enough() {
        return;
    }
    world.clear_up();
    recover(world, options).await;
    world.audit_at_rest(&mut outcomes);
    world.history.step(|| rows(&world.cloud));
}

const fn by_day(options: &Options) -> Span {
    if options.short { SHORT_SWEEPS } else { SWEEPS[0] }
}

/// When the market opens.
fn calendar(world: &World, options: &Options) -> Calendar {
    let prng = Prng::new(options.seed, "calendar");
    let days = usize::try_from(prng.between(3, 5)).unwrap_or(3);
    let days = if options.short { 1 } else { days };
    let mut opening = world.clock.now() + Span::minutes(5);
    let mut openings = Vec::new();
    for _ in 0..days {
        openings.push(opening);
        opening = opening + Span::hours(*prng.pick(NIGHTS_H).unwrap()) + Span::minutes(30);
    }
    let people: usize = PARTS.iter().map(|(_, number)| number).sum();
    let visits = u32::try_from(people * days).unwrap_or(1);
    Calendar { openings, steps: options.steps.div_ceil(visits).max(1) }
}

/// Everybody joins, brings money, and will come when the market opens.
async fn open(world: &Rc<World>, options: &Options, calendar: &Rc<Calendar>) {
    let admin = world.join(1, ADMIN).await;
    let catalogue = Rc::new(world.stock(&admin, 2).await);
    let mut number = 1;
    for (part, count) in PARTS {
        for _ in 0..*count {
            number += 1;
            let person = match part {
                Part::Admin => admin.clone(),
                Part::Inspector => world.join(number, INSPECTOR).await,
                _ => equipped(world, *part, number).await,
            };
            let actor = Actor {
                world: Rc::clone(world),
                part: *part,
                prng: Prng::new(options.seed, &person.id.to_string()),
                person,
                catalogue: Rc::clone(&catalogue),
            };
            admit(actor, calendar);
        }
    }
    for scheme in SCHEMES {
        let actor = |person: Person| Actor {
            world: Rc::clone(world),
            part: Part::Bidder,
            prng: Prng::new(options.seed, &person.id.to_string()),
            person,
            catalogue: Rc::clone(&catalogue),
        };
        let mut actors = Vec::new();
        for index in 0..=scheme.accounts {
            number += 1;
            let purse = if scheme.broke && index == 0 { 0 } else { PLOTTERS_PURSE };
            let mut person = world.join(number, USER).await;
            let card = scheme.card.map(|card| format!("{card}-{number}"));
            world.equip(&mut person, purse, card.as_deref()).await;
            actors.push(actor(person));
        }
        admit_crew(scheme, actors, calendar);
    }
}

/// Those who plot, and whom they are after: nobody else knows of them.
fn admit_crew(scheme: &'static Scheme, mut actors: Vec<Actor>, calendar: &Rc<Calendar>) {
    let Some(mark) = actors.pop() else { return };
    let world = Rc::clone(&mark.world);
    let members = actors.iter().map(|actor| actor.person.id).collect();
    world.coalitions.borrow_mut().push(Hand { name: scheme.name.to_owned(), members });
    world.busy.set(world.busy.get() + 1);
    world.tasks.spawn(Crew { accounts: actors, mark }.live(scheme, Rc::clone(calendar)));
}

async fn equipped(world: &World, part: Part, number: usize) -> Person {
    let mut person = world.join(number, USER).await;
    let (purse, card) = match part {
        Part::Bidder => (300_000, None),
        Part::Trader if number.is_multiple_of(4) => (500_000, Some("card-declines")),
        Part::Trader if number.is_multiple_of(2) => (800_000, Some("card-ok")),
        Part::Trader if number.is_multiple_of(3) => (800_000, Some("card-limit-2")),
        Part::Trader => (2_000_000, None),
        _ => (0, None),
    };
    let card = card.map(|card| format!("{card}-{number}"));
    world.equip(&mut person, purse, card.as_deref()).await;
    person
}

fn admit(actor: Actor, calendar: &Rc<Calendar>) {
    let world = Rc::clone(&actor.world);
    world.people.borrow_mut().push((actor.part, actor.person.clone()));
    world.busy.set(world.busy.get() + 1);
    world.tasks.spawn(actor.live(Rc::clone(calendar)));
}

/// Nothing fails any more: whatever was left undone is done, within the time that it may take.
async fn recover(world: &World, options: &Options) {
    world.sweep_every(by_day(options));
    world.sleep(Span::minutes(20)).await;
    for failed in world.cloud.failed() {
        // Given up during the faults. Somebody looks into it and has it done again.
        world.history.count("given up, done again");
        let function = registry::functions().into_iter().find(|it| it.id() == failed.function);
        let stream = matches!(function.unwrap().trigger, platform::Trigger::Stream(_));
        let payload =
            if stream { json!({ "Records": [failed.payload] }) } else { failed.payload.clone() };
        let app = world.app().clone();
        let again = platform::host::invoke(function.unwrap(), app, payload).await;
        if let Err(failure) = again {
            world.found(format!("I13: {} cannot be done again: {failure}", failed.function));
        }
    }
    let given_up = world.cloud.failed().len();
    for queue in world.cloud.queues() {
        let redriven = world.cloud.redrive(&queue.name);
        world.history.add("redriven", u64::try_from(redriven).unwrap_or(0));
    }
    world.sleep(Span::minutes(20)).await;
    world.sweep_every(SWEEPS[2]);
    if !options.short {
        world.sleep(SETTLING_TIME).await;
    }
    // Once an hour, sweeps look further back.
    world.sweep_every(by_day(options));
    world.sleep(Span::minutes(65)).await;
    for failed in world.cloud.failed().iter().skip(given_up) {
        world.found(format!("I18: given up though nothing fails: {failed:?}"));
    }
}

/// Every row, for the digest.
fn rows(cloud: &Cloud) -> String {
    let table = |table: &Table| json!(cloud.items(*table).unwrap()).to_string();
    Table::ALL.iter().map(table).collect()
}
