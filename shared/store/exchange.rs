//! The exchange: heads, the book, orders; what one order does is one transaction.
//!
//! A head is read before the book behind it, and every write is conditional on what
//! `domain::exchange` says ([ADR 5](infra/docs/adr/0005-the-path-of-an-order.md)).

mod alerts;
mod context;
mod depth;
mod guards;
mod heads;
mod market;
mod quotes;
mod recent_trades;
mod row;
mod told;
mod turns;

use domain::{
    auction::Hash,
    exchange::{
        BookEffect, Encounter, Execution, Head, Instrument, Order, OrderFunding, OrderState, Side,
    },
    ledger::{MovementError, Split},
};
use kernel::{Instant, OrderId, UserId, uuid_of};

use self::guards::{follows, other_head, own_head, unseen, vacant};
use crate::{
    CommitError, Corrupt, ItemReader, ItemWriter, Key, Label, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys, ledger::HoldChange,
};

pub use crate::label::{AlertWrite, MarketWrite, OrderWrite};
pub use alerts::{ALERTS_MAX, Alert, alert_creation};
pub use context::{OrderContext, PriceContext};
pub use depth::Level;
pub use market::{Difference, Projection, differences};
pub use quotes::{Last, Quotes};
pub use row::{BookRow, read_head, read_order, read_resting};
pub use told::order_expired;
pub use turns::BookLine;

/// The order of a user's request: the same key names the same order.
#[must_use]
pub fn order_of_request(user: UserId, route: &str, key: &str) -> OrderId {
    let Hash(digest) =
        Hash::of(&[b"order", user.uuid().as_bytes(), route.as_bytes(), key.as_bytes()]);
    OrderId::from_uuid(uuid_of(digest))
}

/// Begins the trade of an instrument, without prices yet: to be added to what makes it known.
#[must_use]
pub fn open_instrument(instrument: Instrument) -> [Write; 4] {
    let Instrument { item, option } = instrument;
    let create = |side| {
        let key = keys::exchange_head(item, option, side);
        Write::create(Table::Exchange, row::head_item(&key, &Head::new(side)))
    };
    let numbers = ItemWriter::under(&keys::exchange_numbers(item, option)).number("given", 0);
    let numbers = Write::create(Table::Exchange, numbers.item());
    [create(Side::Buy), create(Side::Sell), numbers, quotes::unknown(instrument)]
}

impl Transaction {
    /// Adds an order whose plan is carried out: its row, the book, the trade and its event when it
    /// meets another one, the hold or deposit of whoever comes for the first time.
    pub fn order(self, execution: &Execution, now: Instant) -> Result<Self, MovementError> {
        let Execution { before, after, effect } = execution;
        let write = match before {
            None => Write::create(Table::Exchange, row::order_item(after)),
            Some(before) => change(before, after),
        };
        let transaction = self.write_as(OrderWrite::Order, write);
        let transaction = match effect {
            BookEffect::Rests(rest) => transaction
                .write_as(OrderWrite::OwnHead, own_head(after, *rest))
                .write_as(OrderWrite::OtherHead, other_head(after, rest.other, None))
                .writes_as(OrderWrite::Unseen, unseen(after, rest.other))
                .writes_as(OrderWrite::Unseen, follows(before.as_ref(), after, *rest))
                .write_as(OrderWrite::Book, rests(after)),
            BookEffect::Meets(encounter) => {
                let Encounter { other, served, resting, counterpart, trade } = &**encounter;
                transaction
                    .write_as(OrderWrite::OtherHead, other_head(after, *other, *served))
                    .write_as(OrderWrite::Book, leaves(resting))
                    .write_as(OrderWrite::Counterpart, change(resting, counterpart))
                    .writes_as(OrderWrite::Unseen, unseen(after, *other))
                    .trade_opening(trade)
            }
        };
        let held = after.holds();
        let subject = after.hold_subject();
        match before {
            None if held == Split::ZERO => Ok(transaction),
            None => transaction.card_waits(after).hold(&subject, after.user, held, now),
            Some(before) => {
                let change = HoldChange { from: before.holds(), to: held };
                let cause = after.priority.to_string();
                transaction
                    .returning(before, after, now)
                    .rehold(&subject, after.user, change, &cause, now)
            }
        }
    }

    /// An order that was there before left its place, and tells its owner where it is now.
    fn returning(self, before: &Order, after: &Order, now: Instant) -> Self {
        match before.met {
            // Whoever reprices an order knows.
            None => self.write_as(OrderWrite::OldPlace, leaves(before)),
            // One that is matched again is told so by its trade.
            Some(met) if after.state == OrderState::Open => {
                self.event(&told::ask_returned(after, met.trade, now))
            }
            Some(_) => self,
        }
    }

    /// Adds the end of an open order without a trade: what it holds is released.
    pub fn order_end(
        self,
        before: &Order,
        after: &Order,
        now: Instant,
    ) -> Result<Self, MovementError> {
        let transaction = self
            .write_as(OrderWrite::Order, change(before, after))
            .write_as(OrderWrite::Book, leaves(before))
            .order_expiry(after);
        let transaction = match (before.terms.funding, before.card_bid()) {
            (OrderFunding::Card(method), Some(bid)) => {
                transaction.card_bid_end(before.user, method, bid.price)
            }
            _ => transaction,
        };
        transaction.hold_end(before, now)
    }

    /// A bid that a card is to pay waits for it from now on.
    fn card_waits(self, order: &Order) -> Self {
        match (order.terms.funding, order.card_bid()) {
            (OrderFunding::Card(method), Some(bid)) => self.card_bid(order.user, method, bid.price),
            _ => self,
        }
    }

    /// Adds the end of a matched sell order that does not come back to the book: its deposit is
    /// released.
    pub fn order_dismissal(
        self,
        before: &Order,
        after: &Order,
        now: Instant,
    ) -> Result<Self, MovementError> {
        let transaction = self.write_as(OrderWrite::Order, change(before, after));
        let transaction = match (after.state, before.met) {
            (OrderState::Cancelled, Some(met)) => {
                transaction.event(&told::ask_returned(after, met.trade, now))
            }
            _ => transaction.order_expiry(after),
        };
        transaction.hold_end(before, now)
    }

    fn hold_end(self, order: &Order, now: Instant) -> Result<Self, MovementError> {
        let held = order.holds();
        if held == Split::ZERO {
            return Ok(self);
        }
        self.release(&order.hold_subject(), order.user, held, now)
    }
}

/// An order that met nothing and does not rest: known, and no more.
#[must_use]
pub fn unmet(order: &Order) -> Write {
    Write::create(Table::Exchange, row::order_item(order))
}

/// The order in the place of what was read, if that still stands there.
fn change(before: &Order, after: &Order) -> Write {
    // A put, because an end leaves attributes behind (index keys); state, place and trade guard it.
    let write = Write::put(Table::Exchange, row::order_item(after));
    let write = write.when_text("state", "=", before.state.as_str());
    let write = write.when_number("place", "=", before.priority);
    match before.met {
        Some(met) => write.when("trade", "=", row::id_value(met.trade)),
        None => write.if_absent("trade"),
    }
}

fn book_key(order: &Order) -> Key {
    let terms = &order.terms;
    keys::book(terms.instrument().side(terms.side), terms.price.get(), order.priority)
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
    pub async fn exchange_number(
        &self,
        Instrument { item, option }: Instrument,
    ) -> Result<u32, CommitError> {
        let write = Write::update(Table::Exchange, keys::exchange_numbers(item, option))
            .add("given", 1)
            .if_present("pk");
        let numbers = self.write_returning(write).await?;
        Ok(ItemReader(&numbers).count("given").map_err(StoreError::from)?)
    }

    /// The order of a side that is served first, as it stands.
    pub async fn book_best(
        &self,
        Instrument { item, option }: Instrument,
        side: Side,
    ) -> Result<Option<BookRow>, StoreError> {
        let query = Query::of(Table::Exchange, keys::book_of(item, option, side), 1).consistent();
        let page = self.query(query).await?;
        Ok(page.items.first().map(read_resting).transpose()?)
    }

    /// What closes an instrument on condition that no order comes meanwhile; `None` while orders
    /// rest, or are on their way.
    pub async fn live_orders(
        &self,
        instrument: Instrument,
    ) -> Result<Option<[Write; 2]>, CommitError> {
        let Some((buy, sell)) = self.exchange_heads(instrument, Side::Buy).await? else {
            return Err(StoreError::Refused("an instrument without heads".to_owned()).into());
        };
        for side in Side::ALL {
            if self.book_best(instrument, *side).await?.is_some() {
                return Ok(None);
            }
        }
        // Whoever rested last on each side was not seen: gone, or not there yet.
        let last = |side, head: Head| Some(vacant(instrument.side(side), head.last?));
        let lasts = [last(Side::Buy, buy), last(Side::Sell, sell)].into_iter().flatten();
        let lasts = Transaction::new().writes_as(OrderWrite::Unseen, lasts);
        if !lasts.is_empty() {
            match self.commit(lasts).await {
                Ok(()) => {}
                Err(CommitError::Condition { .. }) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        let close = |side, head: Head| {
            let Instrument { item, option } = instrument;
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
        let transaction = Transaction::new().order_end(before, after, now).map_err(faulty)?;
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { label: Label::Order(_), .. }) => Ok(false),
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
        from: Instant,
        to: Instant,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<Order, Corrupt>>, StoreError> {
        let query = Query::of(Table::Exchange, keys::orders_expiring_on(day), limit).index(2);
        let query = query.between(from.to_string(), format!("{to}~")).after(after);
        Ok(self.query(query).await?.map(|item| read_order(&item)))
    }
}
