//! Rows as what they say.

use domain::{payment, trade::Trade};
use gateway::fake::Stand;
use store::{Item, Table, trade::read_trade};
use testkit::Rows;

pub fn trades(rows: &Rows) -> Vec<Trade> {
    let rows = rows.under(Table::Trade, store::keys::TRADE_PREFIX);
    rows.iter().map(|item| read_trade(item).unwrap()).collect()
}

pub fn payments(rows: &Rows) -> Vec<payment::Payment> {
    let rows = rows.under(Table::Payment, store::keys::PAYMENT_PREFIX);
    rows.iter().map(|item| store::payment::read(item).unwrap()).collect()
}

pub fn withdrawals(rows: &Rows) -> Vec<&Item> {
    let of = |item: &&Item| item["sk"].as_s().unwrap().starts_with("withdrawal#");
    rows.table(Table::Wallet).iter().filter(of).collect()
}

/// Whether the provider took the money, whatever it gave back since.
#[must_use]
pub fn taken(stand: &Stand) -> bool {
    ["DONE", "PARTIAL_CANCELED", "CANCELED"].contains(&stand.status.as_str())
        || stand.status.contains("SUCCESS")
        || stand.status.contains("CANCEL_PAYMENT")
}
