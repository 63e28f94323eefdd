//! The invariants as findings: for whoever wants to know all that is wrong, and not only the first.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use local::Cloud;

use crate::{card_bids, exchange, invariants, money, parcels, payments, rows::Rows};

/// Which rows are to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Work is under way: only what every commit promises.
    Midway,
    /// Everything told is done: history and views are complete as well.
    AtRest,
}

/// What is wrong with the committed rows of a cloud that runs every function, one text each.
#[must_use]
pub fn judge(cloud: &Cloud, judged: Judged) -> (Rows, Vec<String>) {
    let rows = Rows::of(cloud);
    let done = judged == Judged::AtRest;
    let ran = exchange::Ran { book: done, trades: done };
    let checks: [(&str, &dyn Fn()); 7] = [
        ("lives", &|| invariants::check_lives(&rows)),
        ("auctions", &|| invariants::check(&rows, done)),
        ("money", &|| money::check(&rows)),
        ("payments", &|| payments::check(&rows)),
        ("card bids", &|| card_bids::check(&rows)),
        ("parcels", &|| parcels::check(&rows)),
        ("exchange", &|| exchange::check(&rows, ran)),
    ];
    let found = checks.iter().filter_map(|(what, check)| {
        let outcome = catch_unwind(AssertUnwindSafe(check));
        outcome.err().map(|panic| format!("{what}: {}", text(&*panic)))
    });
    let mut found: Vec<String> = found.collect();
    if done {
        let waiting = rows.outbox_waiting();
        found.extend((!waiting.is_empty()).then(|| format!("I13: events never left: {waiting:?}")));
    }
    (rows, found)
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
