//! What providers took against what the books say, judged from committed rows.

use std::collections::BTreeMap;

use domain::payment::{Payment, Status};
use kernel::{PaymentId, TradeId};
use store::{Table, ledger::read_entry, payment, trade::read_trade};

use crate::rows::Rows;

/// I1 and I11 for payments: paid money is booked exactly once, what went back is booked as having
/// gone back, and nothing else is booked.
pub(crate) fn check(rows: &Rows) {
    let items = rows.under(Table::Payment, store::keys::PAYMENT_PREFIX);
    let payments: Vec<Payment> = items.iter().map(|item| payment::read(item).unwrap()).collect();
    if payments.is_empty() {
        return;
    }
    let entries = rows.under(Table::Wallet, store::keys::JOURNAL_PREFIX);
    let entries = entries.iter().map(|item| read_entry(item).unwrap());
    let booked: BTreeMap<String, i64> = entries
        .map(|entry| (entry.reason, entry.postings.iter().map(|p| p.amount.max(0)).sum()))
        .collect();
    let trades = rows.under(Table::Trade, store::keys::TRADE_PREFIX);
    let trades = trades.iter().map(|item| read_trade(item).unwrap());
    let paid: BTreeMap<PaymentId, TradeId> =
        trades.filter_map(|trade| Some((trade.paid.as_ref()?.payment?, trade.id))).collect();
    for payment in &payments {
        check_one(payment, &booked, paid.get(&payment.id).copied());
    }
}

fn check_one(payment: &Payment, booked: &BTreeMap<String, i64>, taken_by: Option<TradeId>) {
    let id = payment.id;
    let topped_up = booked.get(&format!("top-up#{id}")).copied();
    if let Some(taken_by) = taken_by {
        assert_eq!(Some(taken_by), payment.purpose.trade(), "I1: {id} paid another trade");
    }
    let landed = usize::from(topped_up.is_some()) + usize::from(taken_by.is_some());
    assert_eq!(landed, usize::from(payment.is_paid()), "I11: {id} is {:?}", payment.status);
    let due = payment.amount.get();
    assert_eq!(topped_up.unwrap_or(due), due, "I1: {id} is booked with another amount");
    let of_it = format!("payment-cancel#{id}#");
    let back: i64 =
        booked.iter().filter(|(key, _)| key.starts_with(&of_it)).map(|(_, sum)| sum).sum();
    // What was returned was never booked.
    let due = if payment.is_paid() { payment.cancelled.get() } else { 0 };
    assert_eq!(back, due, "I1: what went back of {id}");
    let all = payment.status == Status::Cancelled;
    assert_eq!(all, payment.is_paid() && payment.left().get() == 0, "I15: {id}");
}
