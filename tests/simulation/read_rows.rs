//! Rows as what they say.

use domain::{payment, trade::Trade};
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
