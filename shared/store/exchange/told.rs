//! What the exchange tells of an order that ends or returns, and who was not told yet.
//!
//! Promises: the event of an end has an id that follows from the order, and is written with the
//! end; an expired order stays where the sweep looks for it until its owner's notice is there.

use domain::{
    auction::Hash,
    exchange::{Order, OrderState},
    notification::{Kind, notice_id},
};
use events::{AskReturned, Envelope, OrderExpired, OrderFacts};
use kernel::{Instant, OrderId, TradeId, uuid_of};

use super::read_order;
use crate::{
    CommitError, Corrupt, Page, Position, Query, Read, Store, StoreError, Table, Transaction,
    Write, keys,
};

fn facts(order: &Order) -> OrderFacts {
    OrderFacts {
        order_id: order.id,
        user_id: order.user,
        side: order.terms.side.as_str().to_owned(),
        title: order.terms.title.clone(),
        price: order.terms.price.won(),
        held: order.held(),
    }
}

/// That the order has expired: the same at every telling. `None`: it has not.
#[must_use]
pub fn order_expired(order: &Order) -> Option<Envelope> {
    let at = order.ended_at.filter(|_| order.state == OrderState::Expired)?;
    let Hash(digest) = Hash::of(&[b"order-expired", order.id.uuid().as_bytes()]);
    Some(Envelope::new(uuid_of(digest), at, &OrderExpired { order: facts(order) }))
}

/// What became of an ask whose buyer's card was declined, unless it expired meanwhile.
pub(super) fn ask_returned(after: &Order, trade: TradeId, now: Instant) -> Envelope {
    let order = after.id.uuid();
    let Hash(digest) = Hash::of(&[b"ask-returned", order.as_bytes(), trade.uuid().as_bytes()]);
    let until = (after.state == OrderState::Open).then_some(after.terms.expires_at);
    Envelope::new(uuid_of(digest), now, &AskReturned { order: facts(after), until })
}

impl Transaction {
    pub(super) fn order_expiry(self, after: &Order) -> Self {
        match order_expired(after) {
            Some(event) => self.event(&event),
            None => self,
        }
    }
}

impl Store {
    /// Orders that expired on the Seoul day of `day` until `to`, and whose owner was not told as
    /// far as the index knows; oldest first.
    pub async fn orders_untold(
        &self,
        day: Instant,
        to: Instant,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<Order, Corrupt>>, StoreError> {
        let query = Query::of(Table::Exchange, keys::orders_untold_on(day), limit).index(2);
        let query = query.between("0", format!("{to}~")).after(after);
        Ok(self.query(query).await?.map(|item| read_order(&item)))
    }

    /// Whether the owner's notice of the order's expiry is there.
    pub async fn order_is_told(&self, order: &Order, event: &Envelope) -> Result<bool, StoreError> {
        let id = notice_id(event.id, event.occurred_at, order.user, Kind::OrderExpired);
        let key = keys::notification(order.user, id);
        Ok(self.get(Table::Notification, &key, Read::Consistent).await?.is_some())
    }

    /// Notes that the owner was told: the sweep looks at the order no more.
    pub async fn order_told(&self, order: OrderId) -> Result<(), CommitError> {
        let write = Write::update(Table::Exchange, keys::order(order));
        let write = write.remove("gsi2pk").remove("gsi2sk");
        match self.write(write.when_text("state", "=", OrderState::Expired.as_str())).await {
            Err(CommitError::Condition { .. }) => Ok(()),
            answer => answer,
        }
    }
}
