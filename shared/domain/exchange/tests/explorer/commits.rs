//! What a commit does to a world, and what stands in its way.

use super::*;

impl World {
    pub(super) fn commit(
        &self,
        known: &Known,
        turn: Turn,
        arrival: Arrival,
        plan: Plan,
        next: &mut Vec<Self>,
    ) {
        let Turn { index, request } = turn;
        let Arrival { order, incoming, .. } = arrival;
        let fate = self.fates[usize::from(order)];
        let left = match request {
            Request::Reprice { left, .. } => Some(left),
            _ => None,
        };
        let leaves = left.and_then(|left| self.rows.iter().find(|row| row.3 == left).copied());
        let there = left.is_none() || leaves.is_some_and(|row| !self.hidden.contains(&row));
        let free = fate == before(request) && there;
        let side = incoming.side;
        let other = place_of(side.other());
        let guard = match plan {
            Plan::Rest(Rest { other, .. }) | Plan::Take(Take { other, .. }) => other,
        };
        let holds = self.holds(guard, side.other());
        let mut after = self.at(index, Stage::Over);
        if let Guard::Tighten { bound, .. } = guard {
            after.heads[other].best_bound = bound;
        }
        let user = known[usize::from(order)].0;
        let possible = match plan {
            Plan::Rest(rest) => {
                let row = (side, incoming.price.get(), number(order), order, user);
                self.come_to_rest(&mut after, rest, row)
            }
            Plan::Take(Take { resting, .. }) => {
                let resting = u8::try_from(resting.order.uuid().as_u128()).unwrap();
                let row = self.rows.iter().find(|row| row.3 == resting).copied();
                if let (Some(row), true, true) = (row, holds, free) {
                    assert_eq!(Some(row), self.best(row.0), "out of order: {self:#?}");
                    assert_ne!(row.4, user, "self-trade: {self:#?}");
                    after.rows.remove(&row);
                    after.fates[usize::from(resting)] = Fate::Matched(order);
                    after.fates[usize::from(order)] = Fate::Matched(resting);
                    after.meetings.push((order, resting, row.1));
                }
                if row.is_none() && self.weakness == Weakness::StillRests {
                    after.meetings.push((order, resting, 0));
                    after.fates[usize::from(order)] = Fate::Matched(resting);
                }
                let lies = row.is_some_and(|row| !self.hidden.contains(&row));
                lies || self.weakness == Weakness::StillRests
            }
        };
        if pays_ahead(known[usize::from(order)].0, incoming.side) {
            after.held[usize::from(order)] = true;
        }
        if let (Some(left), Some(row)) = (left, leaves) {
            after.rows.remove(&row);
            after.fates[usize::from(left)] = Fate::Ended;
            after.held[usize::from(left)] = false;
        }
        if !(possible && holds && free) {
            // A condition failed: the same request looks again, with its number.
            next.push(self.at(index, Stage::Begun));
            return;
        }
        if self.retries[index] > 0 {
            // It was committed, and nobody was told.
            let mut unanswered = after.clone();
            unanswered.stages[index] = Stage::Begun;
            unanswered.retries[index] -= 1;
            next.push(unanswered);
        }
        next.push(after);
    }

    /// Whether the order of `row` rests there afterwards.
    fn come_to_rest(&self, after: &mut Self, rest: Rest, row: Row) -> bool {
        let (side, price, priority, order, _) = row;
        let own = place_of(side);
        let before = self.heads[own];
        let changed = rest.own.change(side, &before).or_else(|| {
            let unchecked = Head { sequence: before.sequence + 1, ..before };
            (self.weakness == Weakness::Own).then_some(unchecked)
        });
        if let Some(changed) = changed {
            after.heads[own] = Head { last: Some(Place { price, priority }), ..changed };
            after.rows.insert(row);
            after.fates[usize::from(order)] = Fate::Open;
            if self.by_item {
                after.old_heads[own] = Some(before);
                after.hidden.insert(row);
            }
        }
        changed.is_some() && self.follows(rest, side)
    }

    /// The conditions on the other side, unless it is the one left out.
    fn holds(&self, guard: Guard, side: Side) -> bool {
        if self.old_heads[place_of(side)].is_some() {
            return false; // a transaction is under way
        }
        let head = self.heads[place_of(side)];
        let empty = match guard {
            Guard::OutOfReach { .. } => None,
            Guard::NothingBetter { empty, .. } | Guard::Tighten { empty, .. } => empty,
        };
        // A row that is on its way is among the rows, and refuses as well.
        let is_empty = empty.is_none_or(|place| self.at_place(side, place).is_none());
        if !is_empty && self.weakness != Weakness::Empty {
            return false;
        }
        let kept = guard.holds(side, &head);
        kept || match (guard, self.weakness) {
            (Guard::OutOfReach { .. }, Weakness::OutOfReach)
            | (Guard::NothingBetter { .. }, Weakness::NothingBetter)
            | (Guard::Tighten { .. }, Weakness::Tighten) => true,
            (Guard::NothingBetter { price, .. }, Weakness::Top) => {
                !side.better(head.best_bound, price)
            }
            _ => false,
        }
    }

    /// Whether the order would rest next to the one that it knows as the last, whose row is there
    /// or gone.
    fn follows(&self, rest: Rest, side: Side) -> bool {
        let own = place_of(side);
        if self.old_heads[own].is_some() {
            return false; // a transaction is under way
        }
        let before = rest.before.and_then(|place| self.at_place(side, place));
        let waits = before.is_some_and(|row| self.hidden.contains(&row));
        let is_next = self.heads[own].sequence == rest.seen || self.weakness == Weakness::Own;
        is_next && (!waits || self.weakness == Weakness::Before)
    }

    fn at_place(&self, side: Side, place: Place) -> Option<Row> {
        let there = |row: &&Row| (row.0, row.1, row.2) == (side, place.price, place.priority);
        self.rows.iter().find(there).copied()
    }
}
