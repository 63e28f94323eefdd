//! Whose numbers parcels have, and whose word a delivery is, judged from committed rows.

use std::collections::BTreeMap;

use domain::{
    carrier::ParcelState,
    trade::{Actor, Reason, Shipment, State, Trade, Variant},
};
use kernel::TradeId;
use store::{ItemReader, Key, Table, keys, parcel::read_parcel, trade::read_trade};

use crate::rows::Rows;

/// I25: a tracking number stands in one shipment, and its row names that shipment's trade. One that
/// was never handed in stands there no more, once the trade is over by it.
pub(crate) fn check(rows: &Rows) {
    let mut holders: BTreeMap<String, TradeId> = BTreeMap::new();
    for item in rows.under(Table::Trade, keys::TRACKING_PREFIX) {
        let row = ItemReader(&item);
        holders.insert(row.text("pk").unwrap().to_owned(), row.id("trade").unwrap());
    }
    for item in rows.under(Table::Trade, keys::TRADE_PREFIX) {
        let trade = read_trade(&item).unwrap();
        word(rows, &trade);
        let ended = trade.cancellation.as_ref().map(|ended| ended.reason);
        if ended == Some(Reason::NotHandedIn) {
            continue;
        }
        let kept = trade.state != State::Completed;
        let back = trade.going_back.as_ref().filter(|back| kept || !back.was_never_sent());
        let back = back.map(|back| &back.parcel);
        let shipments = trade.shipment.iter().chain(&trade.forwarding).chain(back);
        for number in shipments.filter_map(Shipment::number) {
            let partition = keys::tracking(&number).pk;
            // Taken out: the second shipment of one number finds none.
            let holder = holders.remove(&partition);
            assert_eq!(holder, Some(trade.id), "I25: {partition} of {}", trade.id);
        }
    }
    assert!(holders.is_empty(), "I25: in no shipment {holders:?}");
}

/// I26: goods have arrived by their carrier's word, by an admin's, by the buyer's, once the carrier
/// had them, or by the seller's who has the buyer's code.
fn word(rows: &Rows, trade: &Trade) {
    let Some(arrival) = trade.history.iter().find(|line| line.state == State::Delivered) else {
        return;
    };
    if trade.meeting.is_some() {
        assert_eq!(arrival.by, Actor::Seller, "I26: {} was handed over by its seller", trade.id);
        return;
    }
    let last = match trade.agreement.variant {
        Variant::Direct => &trade.shipment,
        Variant::Inspected => &trade.forwarding,
    };
    let last = last.as_ref().unwrap();
    match (arrival.by, last.number()) {
        (Actor::Admin, _) | (Actor::Buyer, None) => {}
        (Actor::Buyer, Some(_)) => {
            assert!(last.is_handed_in(), "I26: {} was confirmed before it was sent", trade.id);
        }
        (Actor::System, Some(number)) => {
            let key = keys::parcel(trade.id, &number);
            let mut told = rows.under(Table::Trade, &key.pk).into_iter();
            let told = told.find(|item| Key::of(item).as_ref() == Some(&key));
            let told = told.map(|item| read_parcel(trade.id, &number, &item).unwrap());
            let said = told.and_then(|parcel| parcel.tracking.state());
            let is = Some(ParcelState::Delivered);
            assert_eq!(said, is, "I26: what the carrier of {} says", trade.id);
        }
        (other, _) => panic!("I26: {other:?} said that {} has arrived", trade.id),
    }
}
