//! What an order asks of the two heads of its book, as conditional writes.

use domain::exchange::{Guard, Order, Own, Side};

use crate::{Table, Write, keys};

/// On the head of the order's own side, on which it comes to rest.
pub(super) fn own_head(order: &Order, own: Own) -> Write {
    let (item, option) = (order.terms.item, order.terms.option);
    let side = order.terms.side;
    let write = Write::update(Table::Exchange, keys::exchange_head(item, option, side));
    let write = write.add("sequence", 1).if_absent("closed");
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
    let (item, option) = (order.terms.item, order.terms.option);
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
        Guard::NothingBetter { price, top } => Write::check(Table::Exchange, key)
            .when_number("bound", not_better, price)
            .when_number("top", "=", top),
        Guard::Tighten { seen, bound } => Write::update(Table::Exchange, key)
            .set_number("bound", bound)
            .when_number("sequence", "=", seen),
    }
}
