//! What is counted of bids that wait for cards, judged from committed rows.

use std::collections::BTreeMap;

use domain::{
    exchange::{OrderFunding, OrderState},
    trade::{Funding, State},
};
use kernel::{PaymentMethodId, UserId};
use store::{
    Item, ItemReader, Table,
    exchange::read_order,
    keys,
    payment_method::{CardBids, read_card_bids},
    trade::read_trade,
};

use crate::rows::Rows;

/// I14: the counts equal what waits: open bids, and trades whose card was not charged yet.
pub(crate) fn check(rows: &Rows) {
    let mut users: BTreeMap<UserId, CardBids> = BTreeMap::new();
    let mut cards: BTreeMap<(UserId, PaymentMethodId), i64> = BTreeMap::new();
    let mut waits = |user: UserId, card: PaymentMethodId, price: i64| {
        let bids = users.entry(user).or_default();
        bids.count += 1;
        bids.won += price;
        *cards.entry((user, card)).or_default() += 1;
    };
    for item in rows.under(Table::Exchange, keys::ORDER_PREFIX) {
        let order = read_order(&item).unwrap();
        let bid = order.card_bid().filter(|_| order.state == OrderState::Open);
        if let (Some(bid), OrderFunding::Card(card)) = (bid, order.terms.funding) {
            waits(order.user, card, bid.price.get());
        }
    }
    for item in rows.under(Table::Trade, keys::TRADE_PREFIX) {
        let trade = read_trade(&item).unwrap();
        let funding = trade.matched().map(|matched| matched.funding);
        if let Some(Funding::Card { method, bid: Some(bid) }) = funding
            && trade.state == State::AwaitingPayment
        {
            waits(trade.agreement.buyer, method, bid.price.get());
        }
    }
    for item in rows.table(Table::Payment) {
        let Some(user) = owner(item) else { continue };
        let place = ItemReader(item).text("sk").unwrap().to_owned();
        if place == keys::CARD_BIDS {
            let counted = read_card_bids(item).unwrap();
            let due = users.remove(&user).unwrap_or_default();
            assert_eq!(counted, due, "I14: bids of {user} that wait for a card");
        } else if let Some(card) = place.strip_prefix(keys::PAYMENT_METHOD_PREFIX) {
            let counted = ItemReader(item).maybe_number("bids").unwrap_or_default();
            let due = cards.remove(&(user, card.parse().unwrap())).unwrap_or_default();
            assert_eq!(counted, due, "I14: bids that wait for card {card} of {user}");
        }
    }
    assert!(users.is_empty() && cards.is_empty(), "I14: nobody counts {users:?} {cards:?}");
}

/// Whose partition an item is in.
fn owner(item: &Item) -> Option<UserId> {
    let partition = ItemReader(item).maybe_text("pk")?;
    partition.strip_prefix(keys::USER_PREFIX)?.parse().ok()
}
