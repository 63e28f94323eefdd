//! What an order asks of the two heads of its book, as conditional writes.

use domain::exchange::{Guard, Order, Own, Side};
use kernel::OrderId;

use super::row::id_value;
use crate::{Table, Write, keys};

/// On the head of the order's own side, on which it comes to rest.
pub(super) fn own_head(order: &Order, own: Own) -> Write {
    let item = order.terms.item;
    let option = order.terms.option;
    let side = order.terms.side;
    let write = Write::update(Table::Exchange, keys::exchange_head(item, option, side));
    let write = write.add("sequence", 1).set("last", id_value(order.id)).if_absent("closed");
    let (worse, better) = match side {
        Side::Sell => (">", "<"),
        Side::Buy => ("<", ">"),
    };
    match own {
        Own::Improves { price } => {
            let write = write.add("top", 1).set_number("bound", price);
            write.when_number("bound", worse, price)
        }
        Own::Joins { price } => write.add("top", 1).when_number("bound", "=", price),
        Own::Behind { price } => write.when_number("bound", better, price),
    }
}

/// On the head of the other side.
pub(super) fn other_head(order: &Order, guard: Guard) -> Write {
    let item = order.terms.item;
    let option = order.terms.option;
    let side = order.terms.side.other();
    let key = keys::exchange_head(item, option, side);
    let (beyond, not_better) = match side {
        Side::Sell => (">", ">="),
        Side::Buy => ("<", "<="),
    };
    match guard {
        Guard::OutOfReach { price } => {
            Write::check(Table::Exchange, key).when_number("bound", beyond, price)
        }
        Guard::NothingBetter { price, top_revision } => Write::check(Table::Exchange, key)
            .when_number("bound", not_better, price)
            .when_number("top", "=", top_revision),
        Guard::Tighten { seen, from, bound, .. } => Write::update(Table::Exchange, key)
            .set_number("bound", bound)
            .when_number("sequence", "=", seen)
            .when_number("bound", "=", from),
    }
}

/// Whoever tightens a bound relies on having read every order that rests. Reads are no part of the
/// transaction that wrote them: the head can be seen before the order. That order's row in the
/// condition makes the two transactions meet while the other one is not done to its end. `met`: the
/// order that is met, whose row the transaction holds anyway.
pub(super) fn last_of(guard: Guard, met: Option<OrderId>) -> Option<Write> {
    let Guard::Tighten { last, .. } = guard else { return None };
    let last = last.filter(|last| Some(*last) != met)?;
    Some(Write::check(Table::Exchange, keys::order(last)).if_present("pk"))
}
