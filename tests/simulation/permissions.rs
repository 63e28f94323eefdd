//! I22 and I23: what nobody may do any more, and what nobody may do so often.

use std::collections::BTreeMap;

use domain::{
    exchange::OrderState,
    trade::{Funding, State},
};
use kernel::UserId;
use oracle::{CARD_BIDS_MAX, CARD_BIDS_WON_MAX};
use store::{Table, exchange::read_order, keys};
use testkit::Rows;

use crate::{
    observations::{Observations, Promise},
    read_rows::trades,
};

/// I22: a bid that was asked for after the end of its session was answered was not taken.
pub fn after_log_outs(observations: &Observations) -> Vec<String> {
    let late = |promise: &&Promise| {
        let over = promise.session.and_then(|session| observations.log_outs.get(&session));
        over.is_some_and(|answered| *answered <= promise.asked)
    };
    let late = observations.promises.iter().filter(late);
    late.map(|promise| format!("I22: the session was over, and a bid is taken: {promise:?}"))
        .collect()
}

/// What waits for a buyer's cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Waiting {
    count: usize,
    won: i64,
}

/// I23: no more waits for a buyer's cards than the rules allow: open bids, and matches that were
/// not charged yet. Judged by the rows of the bids, not by what counts them.
pub fn beyond_card_limits(rows: &Rows) -> Vec<String> {
    let mut buyers: BTreeMap<UserId, Waiting> = BTreeMap::new();
    let mut waits = |buyer: UserId, price: i64| {
        let waiting = buyers.entry(buyer).or_default();
        waiting.count += 1;
        waiting.won += price;
    };
    for item in rows.under(Table::Exchange, keys::ORDER_PREFIX) {
        let order = read_order(&item).unwrap();
        if let Some(bid) = order.card_bid().filter(|_| order.state == OrderState::Open) {
            waits(order.user, bid.price.get());
        }
    }
    for trade in trades(rows).iter().filter(|trade| trade.state == State::AwaitingPayment) {
        let funding = trade.matched().map(|matched| matched.funding);
        if let Some(Funding::Card { bid: Some(bid), .. }) = funding {
            waits(trade.agreement.buyer, bid.price.get());
        }
    }
    let beyond = |(_, waiting): &(UserId, Waiting)| {
        waiting.count > CARD_BIDS_MAX || waiting.won > CARD_BIDS_WON_MAX
    };
    let beyond = buyers.into_iter().filter(beyond);
    beyond.map(|(buyer, waiting)| format!("I23: for cards of {buyer} {waiting:?}")).collect()
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Instant, SessionId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_bid_is_late_from_the_answer_of_the_log_out_on() {
        let session: SessionId = Id::from_uuid(Uuid::from_u128(7));
        let other: SessionId = Id::from_uuid(Uuid::from_u128(8));
        for (of, asked, is_late) in [
            (Some(session), 11, true),
            (Some(session), 10, true),
            // It was on its way while the session ended: either is right.
            (Some(session), 9, false),
            (Some(other), 11, false),
            (None, 11, false),
        ] {
            let promise = Promise {
                auction: "a".to_owned(),
                bidder: Id::from_uuid(Uuid::from_u128(1)),
                sequence: 1,
                bid: "b".to_owned(),
                price: 1_000,
                received_at: Instant::from_millis(1),
                session: of,
                asked,
                answered: 12,
            };
            let observations = Observations {
                promises: vec![promise],
                log_outs: BTreeMap::from([(session, 10)]),
                ..Observations::default()
            };
            assert_eq!(after_log_outs(&observations).len(), usize::from(is_late), "{of:?} {asked}");
        }
    }
}
