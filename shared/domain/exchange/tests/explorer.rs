//! Every interleaving of a few requests, with crashes and lost answers at every call, played with
//! the same [`decide`] that production commits.
//!
//! A request is a walk through single calls: read one head, read the other, read the best order,
//! commit. A commit is decided at once and conditional, as DynamoDB's transactions are; everything
//! else may be out of date by the time it is used. Where it is asked for, what a commit writes is
//! seen item by item: its head and its row in the book at any later time, one after the other, and
//! a commit that needs one of them meanwhile is refused.

use std::collections::{BTreeSet, HashSet};

use kernel::UserId;

use self::request::{Arrival, Turn};
use super::*;

mod commits;
mod request;
mod weakness;
pub use request::Request;
pub use weakness::Weakness;

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Begun,
    Own(Head),
    Other(Head, Head),
    Ready(Plan),
    Over,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fate {
    Absent,
    Open,
    /// With which order.
    Matched(u8),
    Ended,
}

/// A row of the book: side, price, place, order, owner.
type Row = (Side, i64, u32, u8, u8);

/// A world in which a few requests are under way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    heads: [Head; 2],
    rows: BTreeSet<Row>,
    /// Heads and rows that are written and not seen yet: what is seen instead, and which.
    old_heads: [Option<Head>; 2],
    hidden: BTreeSet<Row>,
    fates: Vec<Fate>,
    /// Which buy orders hold money.
    held: Vec<bool>,
    stages: Vec<Stage>,
    /// How often a request may still be sent again after its process died or its answer was lost.
    retries: Vec<u8>,
    meetings: Vec<(u8, u8, i64)>,
    weakness: Weakness,
    by_item: bool,
}

/// What was seen on the way.
#[derive(Debug, Default)]
pub struct Report {
    pub states: usize,
    pub ends: usize,
    pub outcomes: BTreeSet<Vec<(u8, u8, i64)>>,
}

/// What an order must be for a request to change it.
fn before(request: Request) -> Fate {
    match request {
        Request::Place { .. } | Request::Reprice { .. } => Fate::Absent,
        Request::Return { from, .. } => Fate::Matched(from),
        Request::End { .. } => Fate::Open,
    }
}

const fn place_of(side: Side) -> usize {
    match side {
        Side::Buy => 0,
        Side::Sell => 1,
    }
}

/// Whose order it is, on which side, at what price.
type Known = [(u8, Side, i64)];

/// Plays every interleaving of `requests` on a book that holds `resting` (order, user, side, won).
pub fn explore(resting: &[(u8, u8, Side, i64)], requests: &[Request], retries: u8) -> Report {
    explore_as(resting, requests, retries, Rules { weakness: Weakness::None, by_item: false })
}

/// The same with a condition left out.
pub fn explore_weakened(
    resting: &[(u8, u8, Side, i64)],
    requests: &[Request],
    retries: u8,
    weakness: Weakness,
) -> Report {
    explore_as(resting, requests, retries, Rules { weakness, by_item: false })
}

/// What is left out, and whether commits are seen item by item.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub weakness: Weakness,
    pub by_item: bool,
}

/// Plays every interleaving under these rules.
pub fn explore_as(
    resting: &[(u8, u8, Side, i64)],
    requests: &[Request],
    retries: u8,
    Rules { weakness, by_item }: Rules,
) -> Report {
    let mut known: Vec<(u8, Side, i64)> = Vec::new();
    let mut world = World {
        heads: [Side::Buy, Side::Sell].map(Head::new),
        rows: BTreeSet::new(),
        old_heads: [None; 2],
        hidden: BTreeSet::new(),
        fates: Vec::new(),
        held: Vec::new(),
        stages: vec![Stage::Begun; requests.len()],
        retries: vec![retries; requests.len()],
        meetings: Vec::new(),
        weakness,
        by_item,
    };
    for (order, user, side, won) in resting {
        assert_eq!(usize::from(*order), known.len(), "orders are numbered from 0");
        known.push((*user, *side, *won));
        let slot = &mut world.heads[place_of(*side)];
        let better = side.better(*won, slot.best_bound);
        *slot = Head {
            sequence: slot.sequence + 1,
            top_revision: slot.top_revision + u32::from(better),
            best_bound: if better { *won } else { slot.best_bound },
            last: Some(Place { price: *won, priority: number(*order) }),
            ..*slot
        };
        world.rows.insert((*side, *won, number(*order), *order, *user));
        world.fates.push(Fate::Open);
        world.held.push(pays_ahead(*user, *side));
    }
    for request in requests {
        let (order, comes) = match *request {
            Request::Place { order, user, side, won, .. } => (order, (user, side, won)),
            Request::Reprice { left, order, won } => {
                let (user, side, _) = known[usize::from(left)];
                (order, (user, side, won))
            }
            Request::End { .. } | Request::Return { .. } => continue,
        };
        assert_eq!(usize::from(order), known.len(), "orders are numbered on");
        known.push(comes);
        world.fates.push(Fate::Absent);
        world.held.push(false);
    }
    let mut seen: HashSet<World> = HashSet::new();
    let mut report = Report::default();
    let mut waiting = vec![world];
    while let Some(world) = waiting.pop() {
        if !seen.insert(world.clone()) {
            continue;
        }
        report.states += 1;
        world.judge(&known);
        let before = waiting.len();
        world.appear(&mut waiting);
        for (index, request) in requests.iter().enumerate() {
            world.steps(&known, Turn { index, request: *request }, &mut waiting);
        }
        if waiting.len() == before {
            report.ends += 1;
            report.outcomes.insert(world.meetings.clone());
        }
    }
    report
}

impl World {
    /// The invariants, whoever is where.
    fn judge(&self, known: &Known) {
        let prices = |side| self.rows.iter().filter(move |row| row.0 == side).map(|row| row.1);
        let (bid, ask) = (prices(Side::Buy).max(), prices(Side::Sell).min());
        if let (Some(bid), Some(ask)) = (bid, ask) {
            assert!(bid < ask, "crossed at rest: {self:#?}");
        }
        for side in Side::ALL.iter().copied() {
            let bound = self.heads[place_of(side)].best_bound;
            for price in prices(side) {
                assert!(!side.better(price, bound), "better than its bound: {self:#?}");
            }
        }
        for (order, fate) in self.fates.iter().enumerate() {
            let rests = self.rows.iter().filter(|row| usize::from(row.3) == order).count();
            assert_eq!(rests, usize::from(*fate == Fate::Open), "order {order}: {self:#?}");
            let (user, side, _) = known[order];
            let met = self.meetings.iter().filter(|(incoming, resting, _)| {
                [*incoming, *resting].map(usize::from).contains(&order)
            });
            // A sell order that came back may meet somebody else.
            assert!(met.count() <= if side == Side::Sell { 2 } else { 1 }, "{self:#?}");
            let due = pays_ahead(user, side) && matches!(fate, Fate::Open | Fate::Matched(_));
            assert_eq!(self.held[order], due, "the hold of {order}: {self:#?}");
        }
    }

    /// Everything that can happen next to one request.
    fn steps(&self, known: &Known, turn: Turn, next: &mut Vec<Self>) {
        let Turn { index, request } = turn;
        let stage = self.stages[index];
        if stage == Stage::Over {
            return;
        }
        // The process dies: whoever asked asks again, or never.
        if self.retries[index] > 0 && stage != Stage::Begun {
            let mut again = self.at(index, Stage::Begun);
            again.retries[index] -= 1;
            next.push(again);
        }
        match request {
            Request::End { order } => self.end(index, order, next),
            Request::Place { order, user, side, won, rests } => {
                let time_in_force = if rests { good() } else { TimeInForce::ImmediateOrCancel };
                let user = user_id(user);
                let price = price(won);
                let confirmed = true;
                let incoming =
                    Incoming { user, side, price, time_in_force, confirmed, number: None };
                // The order's row tells that this request was carried out before.
                let done = self.fates[usize::from(order)] != Fate::Absent;
                self.walk(known, turn, Arrival { order, incoming, done }, next);
            }
            Request::Return { order, from } => {
                let met = |meeting: &(u8, u8, i64)| {
                    [(order, from), (from, order)].contains(&(meeting.0, meeting.1))
                };
                if !self.meetings.iter().any(met) {
                    return; // not yet
                }
                let done = self.fates[usize::from(order)] != Fate::Matched(from);
                let incoming = comes_again(known[usize::from(order)]);
                self.walk(known, turn, Arrival { order, incoming, done }, next);
            }
            Request::Reprice { left, order, .. } => {
                // It was done before, or somebody met it, or it ended.
                let done = self.fates[usize::from(left)] != Fate::Open;
                let incoming = comes_again(known[usize::from(order)]);
                self.walk(known, turn, Arrival { order, incoming, done }, next);
            }
        }
    }

    fn walk(&self, known: &Known, turn: Turn, arrival: Arrival, next: &mut Vec<Self>) {
        let index = turn.index;
        let Arrival { order, incoming, done } = arrival;
        let (own, other) = (place_of(incoming.side), place_of(incoming.side.other()));
        match self.stages[index] {
            Stage::Begun if done => next.push(self.at(index, Stage::Over)),
            Stage::Begun => next.push(self.at(index, Stage::Own(self.seen(own)))),
            Stage::Own(seen) => next.push(self.at(index, Stage::Other(seen, self.seen(other)))),
            Stage::Other(own, other) => {
                let concerns = other.concerns(&incoming);
                let best = concerns.then(|| self.seen_best(incoming.side.other())).flatten();
                let resting = best.map(|row| Resting {
                    order: id(u128::from(row.3)),
                    user: user_id(row.4),
                    price: price(row.1),
                    priority: row.2,
                });
                let seen = Seen { own, other, best: resting };
                match decide(&incoming, &seen) {
                    Ok(plan) => next.push(self.at(index, Stage::Ready(plan))),
                    Err(_) => {
                        let mut after = self.at(index, Stage::Over);
                        if matches!(self.fates[usize::from(order)], Fate::Matched(_)) {
                            // It cannot come back beside its owner's own order.
                            after.fates[usize::from(order)] = Fate::Ended;
                        }
                        next.push(after);
                    }
                }
            }
            Stage::Ready(plan) => self.commit(known, turn, arrival, plan, next),
            Stage::Over => {}
        }
    }

    /// Something that is written is seen.
    fn appear(&self, next: &mut Vec<Self>) {
        for place in 0..self.old_heads.len() {
            if self.old_heads[place].is_some() {
                let mut after = self.clone();
                after.old_heads[place] = None;
                next.push(after);
            }
        }
        for row in &self.hidden {
            let mut after = self.clone();
            after.hidden.remove(row);
            next.push(after);
        }
    }

    /// A head as it is read.
    fn seen(&self, place: usize) -> Head {
        self.old_heads[place].unwrap_or(self.heads[place])
    }

    fn end(&self, index: usize, order: u8, next: &mut Vec<Self>) {
        if self.hidden.iter().any(|row| row.3 == order) {
            return; // not while it comes to rest
        }
        let mut after = self.at(index, Stage::Over);
        if self.fates[usize::from(order)] == Fate::Open {
            after.rows.retain(|row| row.3 != order);
            after.fates[usize::from(order)] = Fate::Ended;
            after.held[usize::from(order)] = false;
        }
        next.push(after);
    }

    /// The order of a side that is served first.
    fn best(&self, side: Side) -> Option<Row> {
        first(self.rows.iter(), side)
    }

    /// The same as it is read.
    fn seen_best(&self, side: Side) -> Option<Row> {
        first(self.rows.difference(&self.hidden), side)
    }

    fn at(&self, index: usize, stage: Stage) -> Self {
        let mut next = self.clone();
        next.stages[index] = stage;
        next
    }
}

fn comes_again(known: (u8, Side, i64)) -> Incoming {
    let (user, side, won) = known;
    let user = user_id(user);
    let price = price(won);
    Incoming { user, side, price, time_in_force: good(), confirmed: true, number: None }
}

fn first<'a>(rows: impl Iterator<Item = &'a Row>, side: Side) -> Option<Row> {
    let rank = |row: &&Row| match side {
        Side::Buy => (-row.1, row.2),
        Side::Sell => (row.1, row.2),
    };
    rows.filter(|row| row.0 == side).min_by_key(rank).copied()
}

/// Its place in time. Numbers are taken before anything is read and nothing depends on when; they
/// matter among orders of one side and price only, and of those every order is played.
const fn number(order: u8) -> u32 {
    u32::from_be_bytes([0, 0, 0, order]) + 1
}

/// Users from 10 on pay by card.
const fn pays_ahead(user: u8, side: Side) -> bool {
    matches!(side, Side::Buy) && user < 10
}

fn user_id(user: u8) -> UserId {
    id(1_000 + u128::from(user))
}
