//! The requests of an exploration.

use super::super::*;

/// What one request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    Place {
        order: u8,
        user: u8,
        side: Side,
        won: i64,
        rests: bool,
    },
    /// The owner's cancellation and the expiry are the same step.
    End {
        order: u8,
    },
    /// An order that rests gets another price: it leaves, and comes as `order`, in one commit.
    Reprice {
        left: u8,
        order: u8,
        won: i64,
    },
    /// The card of the buyer it met was declined: the sell order returns to its place.
    Return {
        order: u8,
        from: u8,
    },
}

/// A request, by its index.
#[derive(Clone, Copy)]
pub struct Turn {
    pub index: usize,
    pub request: Request,
}

/// An order that a request brings to the book, and whether it was brought before.
#[derive(Clone, Copy)]
pub struct Arrival {
    pub order: u8,
    pub incoming: Incoming,
    pub done: bool,
}
