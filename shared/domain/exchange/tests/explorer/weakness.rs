//! What an exploration leaves out on purpose.

/// A condition left out: the explorer must notice.
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
    /// Nobody asks whether the row of the order that rested last is on its way (F7).
    Empty,
    /// An order rests while the row of the one before is on its way (F7).
    Before,
}
