//! The exchange: heads, the book, orders; what one order does is one transaction.
//!
//! A head is read before the book behind it, and every write is conditional on what
//! `domain::exchange` says ([ADR 5](infra/docs/adr/0005-the-path-of-an-order.md)).

mod alerts;
mod depth;
mod guards;
mod market;
mod prints;
mod quotes;
mod row;
mod scene;

use domain::{
    auction::Hash,
    catalog::ItemOption,
    exchange::{Head, Met, Order, OrderState, Plan, Resting, Side, agreement, hold_of},
    ledger::MovementError,
    trade::Trade,
};
use kernel::{CatalogItemId, Instant, OrderId, UserId, uuid_of};

use self::guards::{last_of, other_head, own_head};
use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Key, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys,
    ledger::{self, Guards},
    trade::trade_of_match,
};

pub use alerts::{ALERTS_MAX, Alert, Alerting};
pub use depth::Level;
pub use market::{Difference, Projection, differences};
pub use quotes::{Last, Quotes};
pub use row::{read_head, read_order, read_resting};
pub use scene::OrderScene;

/// What is traded.
pub type Instrument = (CatalogItemId, ItemOption);

/// An order that rests, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookRow {
    pub resting: Resting,
    pub expires_at: Instant,
}

/// What stands in the way of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The order is not as it was: a request that came before did this already.
    Known,
    /// The book has moved. Look again.
    Moved,
    /// The head of the order's own side has moved.
    OwnHead,
    /// The head of the other side has moved.
    OtherHead,
    Money(ledger::Guard),
}

/// Which write of a transaction protects what.
#[derive(Clone, Debug)]
pub struct Places {
    order: usize,
    own_head: Option<usize>,
    other_head: Option<usize>,
    book: std::ops::Range<usize>,
    money: Option<Guards>,
}

impl Places {
    /// What write `index` of the transaction protects, if it belongs to the order.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<Hindrance> {
        if index == self.order {
            return Some(Hindrance::Known);
        }
        if self.own_head == Some(index) {
            return Some(Hindrance::OwnHead);
        }
        if self.other_head == Some(index) {
            return Some(Hindrance::OtherHead);
        }
        if self.book.contains(&index) {
            return Some(Hindrance::Moved);
        }
        let money = self.money.as_ref().and_then(|guards| guards.at(index));
        money.map(Hindrance::Money)
    }
}

/// A plan as it is to be committed.
#[derive(Clone, Debug)]
pub struct Placement {
    pub transaction: Transaction,
    pub places: Places,
    /// The order once it is.
    pub after: Order,
}

/// Why a plan cannot be written: a fault of ours.
#[derive(Debug, thiserror::Error)]
pub enum Unplaceable {
    #[error(transparent)]
    Money(#[from] MovementError),
    #[error("the order it meets is not the one that was planned")]
    Counterpart,
}

/// The order of a user's request: the same key names the same order.
#[must_use]
pub fn order_of_request(user: UserId, route: &str, key: &str) -> OrderId {
    let Hash(digest) =
        Hash::of(&[b"order", user.uuid().as_bytes(), route.as_bytes(), key.as_bytes()]);
    OrderId::from_uuid(uuid_of(digest))
}

/// Begins the trade of an instrument, without prices yet: to be added to what makes it known.
#[must_use]
pub fn open_instrument((item, option): Instrument) -> [Write; 4] {
    let create = |side| {
        let key = keys::exchange_head(item, option, side);
        Write::create(Table::Exchange, row::head_item(&key, &Head::new(side)))
    };
    let numbers = ItemWriter::under(&keys::exchange_numbers(item, option)).number("given", 0);
    let numbers = Write::create(Table::Exchange, numbers.item());
    [create(Side::Buy), create(Side::Sell), numbers, quotes::unknown((item, option))]
}

impl Transaction {
    /// Adds an order that carries out `plan`: its row, the book, the trade and its event when it
    /// meets `resting`, the hold of a wallet buyer. `before`: the order as it stands, when it
    /// comes back.
    pub fn order(
        self,
        (before, order): (Option<&Order>, &Order),
        (plan, resting): (&Plan, Option<&Order>),
        now: Instant,
    ) -> Result<Placement, Unplaceable> {
        let place = self.len();
        let mut after = order.clone();
        let (writes, trade) = match plan {
            Plan::Rest(rest) => {
                after.state = OrderState::Open;
                let mut writes = vec![own_head(&after, rest.own), other_head(&after, rest.other)];
                writes.extend(last_of(rest.other, None));
                writes.push(rests(&after));
                (writes, None)
            }
            Plan::Take(take) => {
                let resting = resting.filter(|order| order.id == take.resting.order);
                let resting = resting.ok_or(Unplaceable::Counterpart)?;
                let trade = trade_of(order, resting, now).ok_or(Unplaceable::Counterpart)?;
                let met = Met { trade: trade.id, price: resting.terms.price };
                after = after.matched(met, now);
                after.at_once = after.at_once.or_else(|| before.is_none().then_some(met));
                let counterpart = change(resting, &resting.matched(met, now));
                let mut writes = vec![other_head(&after, take.other), leaves(resting), counterpart];
                writes.extend(last_of(take.other, Some(resting.id)));
                (writes, Some(trade))
            }
        };
        let written = match before {
            None => Write::create(Table::Exchange, row::order_item(&after)),
            Some(before) => change(before, &after),
        };
        let transaction = self.write(written).writes(writes);
        let book = place + 1..transaction.len();
        let transaction = match &trade {
            Some(trade) => transaction.trade_opening(trade),
            None => transaction,
        };
        let held = order.held();
        let (transaction, money) = if before.is_none() && held.get() > 0 {
            let (transaction, guards) =
                transaction.hold(&hold_of(order.id), (order.user, held), now)?;
            (transaction, Some(guards))
        } else {
            (transaction, None)
        };
        let (own_head, other_head) = match plan {
            Plan::Rest(_) => (Some(book.start), Some(book.start + 1)),
            Plan::Take(_) => (None, Some(book.start)),
        };
        let places = Places { order: place, own_head, other_head, book, money };
        Ok(Placement { transaction, places, after })
    }

    /// Adds the end of an open order without a trade: the hold of a wallet buyer is released.
    pub fn order_end(
        self,
        (before, after): (&Order, &Order),
        now: Instant,
    ) -> Result<(Self, Places), MovementError> {
        let place = self.len();
        let transaction = self.write(change(before, after)).write(leaves(before));
        let (book, held) = (place + 1..place + 2, before.held());
        let (own_head, other_head) = (None, None);
        let places = Places { order: place, own_head, other_head, book, money: None };
        if held.get() == 0 {
            return Ok((transaction, places));
        }
        let (transaction, guards) =
            transaction.release(&hold_of(before.id), (before.user, held), now)?;
        Ok((transaction, Places { money: Some(guards), ..places }))
    }
}

/// A matched sell order that does not come back to the book.
#[must_use]
pub fn dismissal(before: &Order, after: &Order) -> Write {
    change(before, after)
}

/// An order that met nothing and does not rest: known, and no more.
#[must_use]
pub fn unmet(order: &Order) -> Write {
    Write::create(Table::Exchange, row::order_item(order))
}

/// The trade of two orders that meet.
#[must_use]
pub fn trade_of(incoming: &Order, resting: &Order, now: Instant) -> Option<Trade> {
    let agreement = agreement(incoming, resting)?;
    let (buy, sell) = match incoming.terms.side {
        Side::Buy => (incoming, resting),
        Side::Sell => (resting, incoming),
    };
    let address = Some(buy.terms.address.clone());
    Some(Trade { address, ..Trade::open(trade_of_match(buy.id, sell.id), agreement, now) })
}

/// The order in the place of what was read, if that still stands there.
fn change(before: &Order, after: &Order) -> Write {
    // A put, because an end leaves attributes behind (index keys); state and trade guard it.
    let write = Write::put(Table::Exchange, row::order_item(after));
    let write = write.when_text("state", "=", before.state.as_str());
    match before.met {
        Some(met) => write.when("trade", "=", row::id_value(met.trade)),
        None => write.if_absent("trade"),
    }
}

fn instrument(order: &Order) -> Instrument {
    (order.terms.item, order.terms.option)
}

fn book_key(order: &Order) -> Key {
    let (item, option) = instrument(order);
    keys::book((item, option, order.terms.side), (order.terms.price.get(), order.place))
}

fn rests(order: &Order) -> Write {
    Write::create(Table::Exchange, row::book_item(&book_key(order), order))
}

fn leaves(order: &Order) -> Write {
    Write::delete(Table::Exchange, book_key(order)).if_present("pk")
}

impl Store {
    pub async fn order(&self, id: OrderId, read: Read) -> Result<Option<Order>, StoreError> {
        let item = self.get(Table::Exchange, &keys::order(id), read).await?;
        Ok(item.as_ref().map(read_order).transpose()?)
    }

    /// Takes a number: a place in time behind everybody who took one before.
    pub async fn exchange_number(&self, (item, option): Instrument) -> Result<u32, CommitError> {
        let write = Write::update(Table::Exchange, keys::exchange_numbers(item, option))
            .add("given", 1)
            .if_present("pk");
        let numbers = self.write_returning(write).await?;
        Ok(ItemReader(&numbers).count("given").map_err(StoreError::from)?)
    }

    /// The heads of the order's own side and of the other one; `None`: this is not traded. To be
    /// read before [`Store::book_best`].
    pub async fn exchange_heads(
        &self,
        (item, option): Instrument,
        side: Side,
    ) -> Result<Option<(Head, Head)>, StoreError> {
        let keys = [side, side.other()]
            .map(|side| (Table::Exchange, keys::exchange_head(item, option, side)));
        let found = self.batch_read(&keys, Read::Consistent).await?;
        heads(&found).map_err(StoreError::from)
    }

    /// The order of a side that is served first, as it stands.
    pub async fn book_best(
        &self,
        (item, option): Instrument,
        side: Side,
    ) -> Result<Option<BookRow>, StoreError> {
        let query = Query::of(Table::Exchange, keys::book_of(item, option, side), 1).consistent();
        let page = self.query(query).await?;
        Ok(page.items.first().map(read_resting).transpose()?)
    }

    /// What closes an instrument on condition that no order comes meanwhile; `None` while orders
    /// rest.
    pub async fn live_orders(
        &self,
        instrument: Instrument,
    ) -> Result<Option<[Write; 2]>, StoreError> {
        let Some((buy, sell)) = self.exchange_heads(instrument, Side::Buy).await? else {
            return Err(StoreError::Refused("an instrument without heads".to_owned()));
        };
        for side in Side::ALL {
            if self.book_best(instrument, *side).await?.is_some() {
                return Ok(None);
            }
        }
        let close = |side, head: Head| {
            let (item, option) = instrument;
            Write::update(Table::Exchange, keys::exchange_head(item, option, side))
                .set_number("closed", 1)
                .set_number("sequence", head.sequence.saturating_add(1))
                .when_number("sequence", "=", head.sequence)
        };
        Ok(Some([close(Side::Buy, buy), close(Side::Sell, sell)]))
    }

    /// Commits the end of an order by itself. `false`: it is not as it was read.
    pub async fn order_commit_end(
        &self,
        before: &Order,
        after: &Order,
        now: Instant,
    ) -> Result<bool, CommitError> {
        let faulty = |error: MovementError| StoreError::Refused(error.to_string());
        let (transaction, places) =
            Transaction::new().order_end((before, after), now).map_err(faulty)?;
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { index, .. })
                if matches!(places.at(index), Some(Hindrance::Known | Hindrance::Moved)) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// A page of a user's orders in one state, newest first. A state is left when a write leaves
    /// it: an order past its time is open here until it is swept.
    pub async fn orders_of(
        &self,
        user: UserId,
        state: OrderState,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Order>, StoreError> {
        let partition = keys::orders_of(user, state.as_str());
        let query = Query::of(Table::Exchange, partition, limit).index(1).newest_first();
        Ok(self.query(query.after(after)).await?.try_map(|item| read_order(&item))?)
    }

    /// Open orders that expire on the Seoul day of `day` and in `from..=to`, soonest first, as the
    /// index knows them.
    pub async fn orders_expiring(
        &self,
        day: Instant,
        (from, to): (Instant, Instant),
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Order>, StoreError> {
        let query = Query::of(Table::Exchange, keys::orders_expiring_on(day), limit).index(2);
        let query = query.between(from.to_string(), format!("{to}~")).after(after);
        Ok(self.query(query).await?.try_map(|item| read_order(&item))?)
    }
}

/// Two heads that were read side by side.
pub fn heads(found: &[Option<Item>]) -> Result<Option<(Head, Head)>, Corrupt> {
    match found {
        [Some(own), Some(other), ..] => Ok(Some((read_head(own)?, read_head(other)?))),
        _ => Ok(None),
    }
}
