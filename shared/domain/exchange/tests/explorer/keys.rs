//! What a world remembers of plans and heads, in a form that can be hashed.

use super::super::*;

/// A head as a hashable thing.
/// Sequence, top, bound.
pub type HeadKey = (u32, u32, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Planned {
    Rest { own: Own, guard: GuardKey },
    Take { resting: u8, guard: GuardKey },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GuardKey {
    OutOfReach(i64),
    NothingBetter(i64, u32),
    /// Sequence and bound as read, the bound to be.
    Tighten(u32, i64, i64),
}

pub fn head(key: HeadKey) -> Head {
    Head { sequence: key.0, top_revision: key.1, best_bound: key.2, last: None, closed: false }
}

pub fn planned(plan: Plan) -> Planned {
    match plan {
        Plan::Rest(Rest { own, other }) => Planned::Rest { own, guard: guard_key(other) },
        Plan::Take(Take { resting, other }) => {
            let resting = u8::try_from(resting.order.uuid().as_u128()).unwrap();
            Planned::Take { resting, guard: guard_key(other) }
        }
    }
}

pub fn guard_key(guard: Guard) -> GuardKey {
    match guard {
        Guard::OutOfReach { price } => GuardKey::OutOfReach(price),
        Guard::NothingBetter { price, top_revision } => {
            GuardKey::NothingBetter(price, top_revision)
        }
        Guard::Tighten { seen, from, bound, .. } => GuardKey::Tighten(seen, from, bound),
    }
}

pub fn guard_of(key: GuardKey) -> Guard {
    match key {
        GuardKey::OutOfReach(price) => Guard::OutOfReach { price },
        GuardKey::NothingBetter(price, top_revision) => {
            Guard::NothingBetter { price, top_revision }
        }
        GuardKey::Tighten(seen, from, bound) => Guard::Tighten { seen, from, bound, last: None },
    }
}

/// A condition left out on purpose: the explorer must notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weakness {
    None,
    /// Orders rest whatever stands on the other side.
    OutOfReach,
    /// The best is taken though something better came.
    NothingBetter,
    /// The best is taken though an older one of its price came to rest.
    Top,
    /// The bound is tightened though an order came.
    Tighten,
    /// An order rests though it does not fit the bound any more, which stays.
    Own,
    /// What is met need not rest any more.
    StillRests,
}
