//! What an incoming order does to the book, as conditions on what was read.
//!
//! Every order takes a number when it comes: its priority. Each side of an instrument has a head.
//! Its `best_bound` is never worse than the best order that rests on that side (it may be better
//! than any: an order that leaves does not touch it); its `sequence` rises with every order that
//! comes to rest, its `top_revision` with every one that comes to rest at the bound or better.
//! From these:
//!
//! - An order rests only where the other side's bound does not cross it, so the book is not crossed
//!   after it if it was not crossed before. Both facts are conditions of one transaction: of two
//!   orders that cross each other and come at once, the second to commit finds the first.
//! - A match names the best order that was read. Nothing better and nothing as good has come to
//!   rest since, for it would have moved the bound or `top_revision`; so it is still the first in
//!   order.
//! - Orders that leave the book (matched, cancelled, expired) touch no head. A bound that says more
//!   than is there is tightened by whoever it stands in the way of, on condition that nothing has
//!   come to rest since they looked, and that nobody else has tightened it: so a bound gets better
//!   by orders that come to rest alone, and those raise `top_revision`.
//! - What is read may lag behind a transaction that is being applied, item by item: its head can be
//!   seen before its row in the book. So a head names the place of the order that came to rest
//!   last, whoever relies on having seen all that is served before some order demands that this
//!   place is empty ([`Guard`]'s `empty`), and whoever comes to rest waits for the row of the one
//!   before ([`Rest::before`]), so that all rows before the last one are there to be seen.

use kernel::{OrderId, UserId};

use super::{Price, Side, TimeInForce};

/// What is kept of one side beside its orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Head {
    /// Rises with every order that comes to rest here.
    pub sequence: u32,
    /// Rises with every order that comes to rest at the bound or better.
    pub top_revision: u32,
    /// Won. No order that rests here is better; [`Head::EMPTY`] when none rests.
    pub best_bound: i64,
    /// Where the order that came to rest last did so.
    pub last: Option<Place>,
    /// The number of a placement that met an order of this side, for those who wait in line: the
    /// last one's.
    pub served: u32,
    /// Nothing comes to rest here any more.
    pub closed: bool,
}

/// A place in a side of the book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Won.
    pub price: i64,
    /// Among orders of one price: the lower is served first.
    pub priority: u32,
}

/// An order of the other side that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resting {
    pub order: OrderId,
    pub user: UserId,
    pub price: Price,
    /// Among orders of one price: the lower is served first.
    pub priority: u32,
}

/// An order that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incoming {
    pub user: UserId,
    pub side: Side,
    /// The limit.
    pub price: Price,
    pub time_in_force: TimeInForce,
    /// Whether whoever sends it knows that it meets another one, if it does; an order that is met
    /// at once or not at all says so by itself.
    pub confirmed: bool,
    /// Its place in line, when it has one.
    pub number: Option<u32>,
}

/// The book as it was read: first the heads, then the best order of the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seen {
    pub own: Head,
    pub other: Head,
    /// Needed only when the other side's bound crosses the order, or the order does not rest.
    pub best: Option<Resting>,
}

/// What is to be committed, all or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plan {
    Rest(Rest),
    Take(Take),
}

/// The order comes to rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rest {
    pub own: Own,
    /// Condition: nothing has come to rest on the own side since its head was read, so that
    /// `before` is the last one that did.
    pub seen: u32,
    /// Condition: the row of this place is not on its way, whether anything rests there or not.
    pub before: Option<Place>,
    pub other: Guard,
}

/// What resting does to the order's own head, which must not be closed; `sequence` rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Own {
    /// Condition: the bound is worse than this price. It becomes this, `top_revision` rises.
    Improves { price: i64 },
    /// Condition: the bound is this price. `top_revision` rises.
    Joins { price: i64 },
    /// Condition: the bound is better than this price.
    Behind { price: i64 },
}

/// The order meets another one, at that one's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Take {
    /// Condition: it still rests.
    pub resting: Resting,
    pub other: Guard,
    /// What the other side's head tells those who wait; `None`: it is told already.
    pub served: Option<u32>,
}

/// The condition on the other side's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// The bound does not cross this price: whatever rests there is out of reach.
    OutOfReach { price: i64 },
    /// The bound is not better than this price, and no order came to rest at it or better. `empty`:
    /// where the order that rested last would be served sooner, and was not seen: there nothing
    /// rests, nor is on its way.
    NothingBetter { price: i64, top_revision: u32, empty: Option<Place> },
    /// Nothing has come to rest since, and the bound is the one that was read: it becomes another,
    /// never a better one. `empty` as above.
    Tighten { seen: u32, from: i64, bound: i64, empty: Option<Place> },
}

/// Why an order is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("this is no longer traded")]
    Closed,
    #[error("the order would meet your own")]
    SelfTrade,
    #[error("there is no order within the limit")]
    PriceMoved { best: Option<Price> },
    #[error("the price is one that slips make; confirm it")]
    Unconfirmed { meets_at: Option<Price> },
}

impl Head {
    /// The bound of a side on which nothing rests.
    #[must_use]
    pub const fn empty(side: Side) -> i64 {
        match side {
            Side::Buy => 0,
            Side::Sell => i64::MAX,
        }
    }

    /// The head of a book that begins.
    #[must_use]
    pub const fn new(side: Side) -> Self {
        Self {
            sequence: 0,
            top_revision: 0,
            best_bound: Self::empty(side),
            last: None,
            served: 0,
            closed: false,
        }
    }

    /// Whether `incoming`, of the other side, must look at what rests here.
    #[must_use]
    pub const fn concerns(&self, incoming: &Incoming) -> bool {
        !incoming.time_in_force.rests()
            || incoming.side.crosses(incoming.price.get(), self.best_bound)
    }
}

/// What comes of an order, given what was read.
pub fn decide(incoming: &Incoming, seen: &Seen) -> Result<Plan, Rejection> {
    let Incoming { side, price, .. } = *incoming;
    if seen.own.closed || seen.other.closed {
        return Err(Rejection::Closed);
    }
    match seen.best {
        Some(best) if side.crosses(price.get(), best.price.get()) => take(incoming, seen, best),
        best if !incoming.time_in_force.rests() => {
            Err(Rejection::PriceMoved { best: best.map(|best| best.price) })
        }
        best => Ok(Plan::Rest(rest(incoming, seen, best))),
    }
}

fn take(incoming: &Incoming, seen: &Seen, best: Resting) -> Result<Plan, Rejection> {
    if best.user == incoming.user {
        return Err(Rejection::SelfTrade);
    }
    if incoming.time_in_force.rests() && !incoming.confirmed {
        return Err(Rejection::Unconfirmed { meets_at: Some(best.price) });
    }
    let other = incoming.side.other();
    let price = best.price.get();
    let guard = if other.better(seen.other.best_bound, price) {
        // It says more than is there.
        tighten(other, seen, price)
    } else {
        let top_revision = seen.other.top_revision;
        Guard::NothingBetter { price, top_revision, empty: unseen(other, seen) }
    };
    let served = incoming.number.filter(|number| *number > seen.other.served);
    Ok(Plan::Take(Take { resting: best, other: guard, served }))
}

fn rest(incoming: &Incoming, seen: &Seen, best: Option<Resting>) -> Rest {
    let side = incoming.side;
    let price = incoming.price.get();
    let own = match seen.own.best_bound {
        bound if side.better(price, bound) => Own::Improves { price },
        bound if bound == price => Own::Joins { price },
        _ => Own::Behind { price },
    };
    let other = if side.crosses(price, seen.other.best_bound) {
        let empty = Head::empty(side.other());
        let bound = best.map_or(empty, |best| best.price.get());
        tighten(side.other(), seen, bound)
    } else {
        Guard::OutOfReach { price }
    };
    Rest { own, seen: seen.own.sequence, before: seen.own.last, other }
}

fn tighten(side: Side, seen: &Seen, bound: i64) -> Guard {
    let Head { sequence, best_bound, .. } = seen.other;
    Guard::Tighten { seen: sequence, from: best_bound, bound, empty: unseen(side, seen) }
}

/// Where the order that came to rest last on the other side would be, if it were served before what
/// was seen there: it has left, or its row is on its way.
fn unseen(side: Side, seen: &Seen) -> Option<Place> {
    let best = seen.best.map(|best| Place { price: best.price.get(), priority: best.priority });
    seen.other.last.filter(|last| best.is_none_or(|best| last.is_before(best, side)))
}

impl Place {
    /// Whether it is served before another one of its side.
    #[must_use]
    pub const fn is_before(self, other: Self, side: Side) -> bool {
        side.better(self.price, other.price)
            || (self.price == other.price && self.priority < other.priority)
    }
}

impl Own {
    /// The head after the order came to rest; `None` when the condition does not hold at the
    /// moment of the commit.
    #[must_use]
    pub fn change(self, side: Side, head: &Head) -> Option<Head> {
        let (holds, best_bound, raised) = match self {
            Self::Improves { price } => (side.better(price, head.best_bound), price, 1),
            Self::Joins { price } => (head.best_bound == price, price, 1),
            Self::Behind { price } => (side.better(head.best_bound, price), head.best_bound, 0),
        };
        let sequence = head.sequence.saturating_add(1);
        let top_revision = head.top_revision.saturating_add(raised);
        (holds && !head.closed).then_some(Head { sequence, top_revision, best_bound, ..*head })
    }
}

impl Guard {
    /// Whether it holds for the other side's head at the moment of the commit.
    #[must_use]
    pub const fn holds(self, side: Side, head: &Head) -> bool {
        match self {
            Self::OutOfReach { price } => !side.other().crosses(price, head.best_bound),
            Self::NothingBetter { price, top_revision, .. } => {
                !side.better(head.best_bound, price) && head.top_revision == top_revision
            }
            Self::Tighten { seen, from, .. } => head.sequence == seen && head.best_bound == from,
        }
    }
}
