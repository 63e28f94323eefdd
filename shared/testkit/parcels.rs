//! Whose numbers parcels have, judged from committed rows.

use std::collections::BTreeMap;

use domain::trade::Shipment;
use kernel::TradeId;
use store::{ItemReader, Table, keys, trade::read_trade};

use crate::rows::Rows;

/// I25: a tracking number stands in one shipment, and its row names that shipment's trade.
pub(crate) fn check(rows: &Rows) {
    let mut holders: BTreeMap<String, TradeId> = BTreeMap::new();
    for item in rows.under(Table::Trade, keys::TRACKING_PREFIX) {
        let row = ItemReader(&item);
        holders.insert(row.text("pk").unwrap().to_owned(), row.id("trade").unwrap());
    }
    for item in rows.under(Table::Trade, keys::TRADE_PREFIX) {
        let trade = read_trade(&item).unwrap();
        let shipments = trade.shipment.iter().chain(&trade.forwarding);
        for number in shipments.filter_map(Shipment::number) {
            let partition = keys::tracking(&number).pk;
            // Taken out: the second shipment of one number finds none.
            let holder = holders.remove(&partition);
            assert_eq!(holder, Some(trade.id), "I25: {partition} of {}", trade.id);
        }
    }
    assert!(holders.is_empty(), "I25: in no shipment {holders:?}");
}
