//! What a plan makes of its orders: each as it is afterwards, and the trade of two that meet.
//!
//! Promises: whoever carries a plan out commits what stands here and decides nothing more.

use kernel::{Instant, OrderId, TradeId, uuid_of};

use super::{Guard, Met, Order, OrderState, Plan, Rest, Resting, Side, agreement};
use crate::{auction::Hash, trade::Trade};

/// A plan with all that it makes true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The order as it stands, when it comes back to the book.
    pub before: Option<Order>,
    /// The order once the plan is carried out.
    pub after: Order,
    pub effect: BookEffect,
}

/// What happens to the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookEffect {
    Rests(Rest),
    Meets(Box<Encounter>),
}

/// Two orders meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encounter {
    /// The condition on the other side's head.
    pub other: Guard,
    /// As in [`Take::served`](super::Take::served).
    pub served: Option<u32>,
    /// The order that rested, as it was read.
    pub resting: Order,
    /// The same, matched.
    pub counterpart: Order,
    pub trade: Trade,
}

/// A fault of whoever carries the plan out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order it meets is not the one that was planned")]
pub struct WrongCounterpart;

impl Execution {
    /// `resting`: the order that the plan meets, as it stands.
    pub fn of(
        plan: &Plan,
        order: &Order,
        resting: Option<Order>,
        now: Instant,
    ) -> Result<Self, WrongCounterpart> {
        let take = match plan {
            Plan::Rest(rest) => {
                let after = Order { state: OrderState::Open, ..order.clone() };
                return Ok(Self { before: None, after, effect: BookEffect::Rests(*rest) });
            }
            Plan::Take(take) => take,
        };
        let resting = resting.filter(|order| order.is_at(take.resting));
        let resting = resting.ok_or(WrongCounterpart)?;
        let trade = trade_of(order, &resting, now).ok_or(WrongCounterpart)?;
        let met = Met { trade: trade.id, price: resting.terms.price };
        let mut after = order.matched(met, now);
        after.at_once = after.at_once.or(Some(met));
        let counterpart = resting.matched(met, now);
        let encounter =
            Encounter { other: take.other, served: take.served, resting, counterpart, trade };
        Ok(Self { before: None, after, effect: BookEffect::Meets(Box::new(encounter)) })
    }

    /// The same for an order that was there before and comes back: what it met at once, if it did,
    /// it met when it was placed.
    #[must_use]
    pub fn returning(self, before: Order) -> Self {
        let after = Order { at_once: before.at_once, ..self.after };
        Self { before: Some(before), after, ..self }
    }
}

impl Order {
    /// Whether it is the order of this place in the book, and still there as far as it knows.
    #[must_use]
    pub fn is_at(&self, place: Resting) -> bool {
        let here = (self.id, self.terms.price, self.priority);
        here == (place.order, place.price, place.priority) && self.state == OrderState::Open
    }
}

/// The trade of two orders that met. Two orders meet once.
#[must_use]
pub fn trade_of_match(buy: OrderId, sell: OrderId) -> TradeId {
    let Hash(digest) = Hash::of(&[b"match", buy.uuid().as_bytes(), sell.uuid().as_bytes()]);
    TradeId::from_uuid(uuid_of(digest))
}

/// The trade of two orders that meet; `None` for two that cannot.
fn trade_of(incoming: &Order, resting: &Order, now: Instant) -> Option<Trade> {
    let agreement = agreement(incoming, resting)?;
    let (buy, sell) = match incoming.terms.side {
        Side::Buy => (incoming, resting),
        Side::Sell => (resting, incoming),
    };
    let address = Some(buy.terms.address.clone());
    let note = buy.terms.note.clone();
    Some(Trade { address, note, ..Trade::open(trade_of_match(buy.id, sell.id), agreement, now) })
}
