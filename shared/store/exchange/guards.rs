//! What an order asks of the two heads of its book, as conditional writes.

use domain::exchange::{BookSide, Guard, Order, Own, Place, Rest, Side};

use crate::{Table, Write, keys};

/// On the head of the order's own side, on which it comes to rest.
pub(super) fn own_head(order: &Order, rest: Rest) -> Write {
    let item = order.terms.item;
    let option = order.terms.option;
    let side = order.terms.side;
    let write = Write::update(Table::Exchange, keys::exchange_head(item, option, side));
    let write = write.add("sequence", 1).if_absent("closed");
    let write = write.set_number("lastPrice", order.terms.price.get());
    let write = write.set_number("lastPlace", order.priority);
    let write = write.when_number("sequence", "=", rest.seen);
    let (worse, better) = match side {
        Side::Sell => (">", "<"),
        Side::Buy => ("<", ">"),
    };
    match rest.own {
        Own::Improves { price } => {
            let write = write.add("top", 1).set_number("bound", price);
            write.when_number("bound", worse, price)
        }
        Own::Joins { price } => write.add("top", 1).when_number("bound", "=", price),
        Own::Behind { price } => write.when_number("bound", better, price),
    }
}

/// On the head of the other side. `served`: the number of the placement, to be told there.
pub(super) fn other_head(order: &Order, guard: Guard, served: Option<u32>) -> Write {
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
        Guard::NothingBetter { price, top_revision, .. } => {
            let write = match served {
                Some(number) => Write::update(Table::Exchange, key).set_number("served", number),
                None => Write::check(Table::Exchange, key),
            };
            write.when_number("bound", not_better, price).when_number("top", "=", top_revision)
        }
        Guard::Tighten { seen, from, bound, .. } => {
            let write = Write::update(Table::Exchange, key).set_number("bound", bound);
            let write = match served {
                Some(number) => write.set_number("served", number),
                None => write,
            };
            write.when_number("sequence", "=", seen).when_number("bound", "=", from)
        }
    }
}

/// The row of the order that came to rest before on this side is there or gone, and not on its way:
/// a transaction that still writes it is met. So whoever sees the last row can see them all.
pub(super) fn follows(before: Option<&Order>, order: &Order, rest: Rest) -> Option<Write> {
    let of = order.terms.instrument().side(order.terms.side);
    let own = Place { price: order.terms.price.get(), priority: order.priority };
    // An order that returns to the place that was taken last writes that row itself, and one that
    // leaves it for another price deletes it.
    let left = before.filter(|before| before.met.is_none());
    let left = left.map(|left| Place { price: left.terms.price.get(), priority: left.priority });
    let place = rest.before.filter(|place| *place != own && Some(*place) != left)?;
    Some(Write::meet(Table::Exchange, keys::book(of, place.price, place.priority)))
}

/// Reads are no part of the transactions that wrote what they find: the head can be seen before the
/// order that it counts. Where that order would be served before what was seen, nothing rests there
/// and nothing is on its way: a transaction that still writes it is met.
pub(super) fn unseen(order: &Order, guard: Guard) -> Option<Write> {
    let of = order.terms.instrument().side(order.terms.side.other());
    let (Guard::NothingBetter { empty, .. } | Guard::Tighten { empty, .. }) = guard else {
        return None;
    };
    Some(vacant(of, empty?))
}

/// Nothing rests at this place, nor is on its way there.
pub(super) fn vacant(of: BookSide, place: Place) -> Write {
    Write::check(Table::Exchange, keys::book(of, place.price, place.priority)).if_absent("pk")
}
