//! A book in which one thing happens after another: what concurrent books are compared with, and
//! what replays a recorded log.

use std::collections::BTreeMap;

use kernel::{OrderId, UserId};

use super::{Price, Side};

/// Something that happened to a book, in the order of the commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// An order came: it meets the best or rests.
    Placed { order: OrderId, user: UserId, side: Side, price: Price, priority: u32 },
    /// An order left without a trade.
    Left { order: OrderId },
    /// An order that rested left and came again, at another price and with another number.
    Repriced { order: OrderId, price: Price, priority: u32 },
    /// A matched order came back to its old place; a sale at once, that had none, at this price.
    Returned { order: OrderId, price: Price },
}

/// Two orders that met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub incoming: OrderId,
    pub resting: OrderId,
    pub price: Price,
}

/// A log that cannot have happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("order {0} came twice")]
    CameTwice(OrderId),
    #[error("order {0} met its owner's own")]
    SelfTrade(OrderId),
    #[error("order {0} left and was not there")]
    NotThere(OrderId),
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    user: UserId,
    side: Side,
    price: Price,
    /// The number it took when it came.
    priority: u32,
}

/// The orders that rest, and those that ever came.
#[derive(Clone, Debug, Default)]
pub struct Book {
    known: BTreeMap<OrderId, Waiting>,
    /// By how soon they are served.
    sides: BTreeMap<Side, BTreeMap<(i64, u32), OrderId>>,
}

/// Replays a log from an empty book.
pub fn replay(log: &[Happening]) -> Result<Vec<Meeting>, Impossible> {
    let mut book = Book::default();
    let mut meetings = Vec::new();
    for happening in log {
        meetings.extend(book.happen(*happening)?);
    }
    Ok(meetings)
}

impl Book {
    /// One step; answers the trade it makes.
    pub fn happen(&mut self, happening: Happening) -> Result<Option<Meeting>, Impossible> {
        match happening {
            Happening::Placed { order, user, side, price, priority } => {
                let waiting = Waiting { user, side, price, priority };
                if self.known.insert(order, waiting).is_some() {
                    return Err(Impossible::CameTwice(order));
                }
                self.meet(order, waiting)
            }
            Happening::Returned { order, price } => {
                let waiting = self.known.get_mut(&order).ok_or(Impossible::NotThere(order))?;
                waiting.price = price;
                let waiting = *waiting;
                self.meet(order, waiting)
            }
            Happening::Left { order } => self.leave(order).map(|_| None),
            Happening::Repriced { order, price, priority } => {
                let waiting = Waiting { price, priority, ..self.leave(order)? };
                self.known.insert(order, waiting);
                self.meet(order, waiting)
            }
        }
    }

    fn leave(&mut self, order: OrderId) -> Result<Waiting, Impossible> {
        let waiting = self.known.get(&order).copied().ok_or(Impossible::NotThere(order))?;
        let side = self.sides.entry(waiting.side).or_default();
        side.remove(&rank(&waiting)).map(|_| waiting).ok_or(Impossible::NotThere(order))
    }

    /// The orders of a side, by how soon they are served.
    pub fn resting(&self, side: Side) -> impl Iterator<Item = OrderId> {
        self.sides.get(&side).into_iter().flat_map(|side| side.values().copied())
    }

    fn meet(&mut self, order: OrderId, waiting: Waiting) -> Result<Option<Meeting>, Impossible> {
        let others = self.sides.entry(waiting.side.other()).or_default();
        let first = others.first_key_value().map(|(rank, order)| (*rank, *order));
        let best = first.and_then(|(rank, resting)| {
            let there = self.known.get(&resting)?;
            let crosses = waiting.side.crosses(waiting.price.get(), there.price.get());
            crosses.then_some((rank, resting, *there))
        });
        let Some((rank_of_best, resting, there)) = best else {
            self.sides.entry(waiting.side).or_default().insert(rank(&waiting), order);
            return Ok(None);
        };
        if there.user == waiting.user {
            return Err(Impossible::SelfTrade(order));
        }
        others.remove(&rank_of_best);
        Ok(Some(Meeting { incoming: order, resting, price: there.price }))
    }
}

/// Smaller is served sooner.
const fn rank(waiting: &Waiting) -> (i64, u32) {
    let price = waiting.price.get();
    match waiting.side {
        Side::Buy => (-price, waiting.priority),
        Side::Sell => (price, waiting.priority),
    }
}
