//! The order in which orders were committed, as the table's stream tells it, and whether the trades
//! are those of a book in which one thing happened after another.

use std::sync::Mutex;

use domain::exchange::{
    OrderState,
    book::{Happening, Meeting, replay},
};
use platform::{App, Failure, Function, Stream, stream::Change};
use store::{Table, exchange::read_order, keys::ORDER_PREFIX, trade::read_trade};
use testkit::TestApp;

/// Writes down every change of an order. Of the tests: the product has no such function.
pub const FUNCTION: Function = Function::stream(
    "exchange",
    "record_order",
    "Writes down every change of an order",
    Stream::new(Table::Exchange, |app, change| Box::pin(write_down(app, change)))
        .pk_prefix(ORDER_PREFIX)
        .batch_size(1_000),
)
.timeout_s(60);

#[derive(Default)]
struct Changes(Mutex<Vec<(u128, Happening, bool)>>);

/// The log, and what followed from it.
pub struct Record {
    pub log: Vec<Happening>,
    pub meetings: Vec<Meeting>,
}

async fn write_down(app: App, change: Change) -> Result<(), Failure> {
    let Some(new) = change.new else { return Ok(()) };
    let after = read_order(&new)?;
    let before = change.old.as_ref().map(read_order).transpose()?;
    let placed = Happening::Placed {
        order: after.id,
        user: after.user,
        side: after.terms.side,
        price: after.terms.price,
        place: after.place,
    };
    let returned = Happening::Returned { order: after.id };
    let happening = match (before.map(|order| order.state), after.state) {
        // It met nothing and does not rest.
        (None, OrderState::Cancelled) => return Ok(()),
        (None, _) => placed,
        // Somebody met it: the other order's change tells.
        (Some(OrderState::Open), OrderState::Matched) => return Ok(()),
        (Some(OrderState::Open), _) => Happening::Left { order: after.id },
        (Some(OrderState::Matched), OrderState::Open | OrderState::Matched) => returned,
        // It did not come back.
        (Some(_), _) => return Ok(()),
    };
    let changes = app.memory::<Changes>();
    let sequence = change.sequence.parse::<u128>()?;
    let mut list = changes.0.lock().unwrap();
    if list.iter().all(|(known, ..)| *known != sequence) {
        list.push((sequence, happening, after.state == OrderState::Matched));
    }
    Ok(())
}

impl Record {
    /// Fails the test unless the committed trades are those of the sequential book.
    pub async fn of(app: &TestApp) -> Self {
        let mut changes = app.app.memory::<Changes>().0.lock().unwrap().clone();
        changes.sort_unstable_by_key(|(sequence, ..)| *sequence);
        let log: Vec<Happening> = changes.iter().map(|(_, happening, _)| *happening).collect();
        let meetings = replay(&log).unwrap_or_else(|error| panic!("{error}: {log:#?}"));
        let met: Vec<bool> = changes.iter().map(|(.., met)| *met).collect();
        assert_eq!(met.iter().filter(|met| **met).count(), meetings.len(), "who met at once");
        let rows = app.rows().await;
        let trades = rows.under(Table::Trade, "trade#");
        let mut trades: Vec<_> = trades.iter().map(|item| read_trade(item).unwrap()).collect();
        trades.sort_by_key(|trade| trade.id);
        let mut made: Vec<_> = trades
            .iter()
            .filter_map(|trade| Some((trade.matched()?, trade.agreement.price)))
            .map(|(matched, price)| {
                (matched.buy.min(matched.sell), matched.buy.max(matched.sell), price)
            })
            .collect();
        let mut due: Vec<_> = meetings
            .iter()
            .map(|met| {
                (met.incoming.min(met.resting), met.incoming.max(met.resting), met.price.won())
            })
            .collect();
        made.sort_unstable();
        due.sort_unstable();
        assert_eq!(made, due, "the trades are not those of the sequential book");
        Self { log, meetings }
    }
}
