//! What providers took against what the books and the trades say, judged from committed rows.

use std::collections::BTreeMap;

use domain::{
    ledger::{Account, JournalEntry},
    payment::{Payment, Status},
    trade::{RefundEnd, State, Trade},
};
use kernel::PaymentId;
use store::{Table, ledger::read_entry, payment, trade::read_trade};

use crate::rows::Rows;

/// The journal, by reason.
type Journal = BTreeMap<String, JournalEntry>;

/// I1 and I11 for payments: paid money is booked exactly once, what went back is booked as having
/// gone back, and nothing else is booked. I27: what a trade gives back of what a provider took is
/// with that provider, on its way there, or in the buyer's wallet.
pub(crate) fn check(rows: &Rows) {
    let items = rows.under(Table::Payment, store::keys::PAYMENT_PREFIX);
    let payments: Vec<Payment> = items.iter().map(|item| payment::read(item).unwrap()).collect();
    if payments.is_empty() {
        return;
    }
    let entries = rows.under(Table::Wallet, store::keys::JOURNAL_PREFIX);
    let entries = entries.iter().map(|item| read_entry(item).unwrap());
    let booked: Journal = entries.map(|entry| (entry.reason.clone(), entry)).collect();
    let trades = rows.under(Table::Trade, store::keys::TRADE_PREFIX);
    let trades = trades.iter().map(|item| read_trade(item).unwrap());
    let paid: BTreeMap<PaymentId, Trade> =
        trades.filter_map(|trade| Some((trade.paid.as_ref()?.payment?, trade))).collect();
    for payment in &payments {
        check_one(payment, &booked, paid.get(&payment.id));
    }
}

fn check_one(payment: &Payment, booked: &Journal, taken_by: Option<&Trade>) {
    let id = payment.id;
    let topped_up = booked.get(&format!("top-up#{id}")).map(taken_from_provider);
    if let Some(taken_by) = taken_by {
        assert_eq!(Some(taken_by.id), payment.purpose.trade(), "I1: {id} paid another trade");
    }
    let landed = usize::from(topped_up.is_some()) + usize::from(taken_by.is_some());
    assert_eq!(landed, usize::from(payment.is_paid()), "I11: {id} is {:?}", payment.status);
    let due = payment.amount.get();
    assert_eq!(topped_up.unwrap_or(due), due, "I1: {id} is booked with another amount");
    let back = match taken_by {
        Some(trade) => given_back(payment, booked, trade),
        None => {
            let of_it = format!("payment-cancel#{id}#");
            let of_it = booked.iter().filter(|(reason, _)| reason.starts_with(&of_it));
            -of_it.map(|(_, entry)| taken_from_provider(entry)).sum::<i64>()
        }
    };
    // What was returned was never booked.
    let due = if payment.is_paid() { payment.cancelled.get() } else { 0 };
    assert_eq!(back, due, "I1: what went back of {id}");
    let all = payment.status == Status::Cancelled;
    assert_eq!(all, payment.is_paid() && payment.left().get() == 0, "I15: {id}");
}

/// How much an entry says that a provider took; less than 0: has back.
fn taken_from_provider(entry: &JournalEntry) -> i64 {
    -entry.change_of(Account::Provider)
}

/// I27. What the provider has back of a trade.
fn given_back(payment: &Payment, booked: &Journal, trade: &Trade) -> i64 {
    let id = trade.id;
    let reason = match trade.state {
        State::Cancelled => format!("refund#{id}"),
        _ => format!("partial-refund#{id}"),
    };
    let entry = booked.get(&reason);
    let Some(refund) = trade.provider_refund else {
        assert_eq!(trade.back().get(), 0, "I27: what {id} gives back is not with its provider");
        assert!(entry.is_none() && payment.cancelling.is_none(), "I27: {id} gives nothing back");
        return 0;
    };
    let due = refund.amount.get();
    assert_eq!((refund.payment, due), (payment.id, trade.back().get()), "I27: {id}");
    let booked = entry.map(|entry| {
        let buyer = Account::SpendOnly(trade.agreement.buyer);
        [Account::Escrow(id), Account::Provider, buyer].map(|account| entry.change_of(account))
    });
    let under_way = payment.cancelling.as_ref().map(|cancelling| cancelling.amount.get());
    match refund.end {
        None => assert_eq!((booked, under_way), (None, Some(due)), "I27: {id} is on its way"),
        Some(RefundEnd { in_wallet, .. }) => {
            let to = if in_wallet { [-due, 0, due] } else { [-due, due, 0] };
            assert_eq!((booked, under_way), (Some(to), None), "I27: {id} has gone back");
        }
    }
    entry.map_or(0, |entry| -taken_from_provider(entry))
}
