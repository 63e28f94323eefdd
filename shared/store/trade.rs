//! Trades: one item each, replaced as a whole on condition of its version.
//!
//! [`Transaction::trade`] adds a decision to a command's transaction: the trade, its money, its
//! event. A provider's payment first claims the trade ([`claim_payment`]); whatever becomes of the
//! payment ends the claim ([`unclaim_payment`], or the decision that accepts it).

mod dispute;
mod event;
mod parts;
mod row;

use domain::{
    auction::Hash,
    carrier::TrackingNumber,
    identity::Address,
    ledger::Movement,
    trade::{
        Decision, Funding, Penalty, RefundEnd, Rejection, Release, State, Statement, Trade, claim,
        unclaim,
    },
};
use kernel::{AuctionId, Instant, PaymentId, Span, TradeId, UserId, Won, uuid_of};

use crate::{
    CommitError, Corrupt, Interval, ItemReader, Page, PageOf, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys,
    ledger::{Ending, HoldEnd, HoldState},
    spread::{END, Spread},
};

pub use crate::keys::LIST_SHARDS as LISTS;
pub use crate::label::TradeWrite;
pub use event::{collected, sale_failed, step};
pub use row::read as read_trade;
pub(crate) use row::read_note;

/// More than there can be: ten a side, the complaint and the objection.
const STATEMENTS_PAGE: u32 = 50;

/// How many days back overdue trades are listed.
pub const OVERDUE_DAYS: i64 = 30;

/// The trade of a won auction in this round of the second-chance cascade. Follows from both, so
/// that opening it twice opens it once.
#[must_use]
pub fn trade_of_auction(auction: AuctionId, round: u8) -> TradeId {
    let Hash(digest) = Hash::of(&[b"trade", auction.uuid().as_bytes(), &[round]]);
    TradeId::from_uuid(uuid_of(digest))
}

/// A provider's payment of `amount` is about to begin: until [`unclaim_payment`] or
/// the decision that accepts it, nothing else pays, ends or expires the trade. The write holds
/// only for `trade` as it was read.
pub fn claim_payment(
    trade: &Trade,
    payment: PaymentId,
    amount: Won,
    address: Address,
    now: Instant,
) -> Result<Write, Rejection> {
    Ok(replace(trade, &claim(trade, payment, amount, address, now)?))
}

/// The payment that claimed the trade came to nothing. `refused`: the payer's means said no.
pub fn unclaim_payment(
    trade: &Trade,
    payment: PaymentId,
    refused: bool,
) -> Result<Write, Rejection> {
    Ok(replace(trade, &unclaim(trade, payment, refused)?))
}

impl Transaction {
    /// Adds a trade that begins, and tells so.
    #[must_use]
    pub fn trade_opening(self, trade: &Trade) -> Self {
        let create = Write::create(Table::Trade, row::item(trade));
        self.write_as(TradeWrite::Opening, create).event(&event::opened(trade))
    }

    /// Adds that the provider has its money back, or refused it for good. The write holds only for
    /// `trade` as it was read; `None`: nothing of it is under way.
    #[must_use]
    pub fn trade_refund_end(self, trade: &Trade, end: RefundEnd) -> Option<Self> {
        let next = trade.refund_ended(end)?;
        Some(self.write_as(TradeWrite::Change, replace(trade, &next)))
    }

    /// Adds what was decided on `before`: the trade's next state, the money it moves, its event;
    /// that what a provider took is to go back there ([`crate::payment::PaymentWrite::Refund`]);
    /// that a bid waits no more for its card; that a parcel's number stands in this shipment, once
    /// and for all ([`TradeWrite::TrackingNumber`], after the trade's own version: who sends the
    /// same parcel off twice is told that the trade has moved); that the number of a parcel that
    /// was never handed in is free again; what a side of a dispute says.
    #[must_use]
    pub fn trade(self, before: &Trade, decision: &Decision, now: Instant) -> Self {
        let transaction = self.write_as(TradeWrite::Change, replace(before, &decision.trade));
        let transaction = transaction.ending(&endings(decision), now);
        let debt = decision.penalty.as_ref().and_then(|penalty| penalty.debt);
        let transaction = match &debt {
            Some(debt) => transaction.debt(debt),
            None => transaction,
        };
        let transaction = match decision.provider_refund() {
            Some(refund) => transaction.payment_refund(refund, now),
            None => transaction,
        };
        let waited = before.state == State::AwaitingPayment;
        let transaction = match before.matched().map(|matched| matched.funding) {
            Some(Funding::Card { method, bid: Some(bid) })
                if waited && decision.trade.state != State::AwaitingPayment =>
            {
                transaction.card_bid_end(before.agreement.buyer, method, bid.price)
            }
            _ => transaction,
        };
        let transaction = match decision.tracking_number() {
            Some(number) => {
                let row = row::tracking(&number, decision.trade.id, now);
                transaction.write_as(TradeWrite::TrackingNumber, Write::create(Table::Trade, row))
            }
            None => transaction,
        };
        let transaction = match decision.freed_number() {
            Some(number) => {
                let row = Write::delete(Table::Trade, keys::tracking(&number));
                transaction.write_as(TradeWrite::FreedNumber, row)
            }
            None => transaction,
        };
        let transaction = match &decision.statement {
            Some(statement) => {
                let row = dispute::statement(decision.trade.id, statement);
                transaction.write_as(TradeWrite::Statement, Write::create(Table::Trade, row))
            }
            None => transaction,
        };
        transaction.event(&event::of(decision, now))
    }
}

/// The money that a decision moves.
fn endings(decision: &Decision) -> Vec<Ending<'_>> {
    let Decision { movement, hold, release, penalty, .. } = decision;
    let moved =
        movement.iter().map(|movement| Ending { movement, hold: captured(hold.as_deref()) });
    let released = release.iter().map(|Release { subject, movement }| Ending {
        movement,
        hold: Some(HoldEnd { subject, state: HoldState::Released }),
    });
    let taken = penalty
        .iter()
        .map(|Penalty { movement, hold, .. }| Ending { movement, hold: captured(hold.as_deref()) });
    moved.chain(released).chain(taken).collect()
}

fn captured(subject: Option<&str>) -> Option<HoldEnd<'_>> {
    subject.map(|subject| HoldEnd { subject, state: HoldState::Captured })
}

impl Store {
    pub async fn trade(&self, trade: TradeId) -> Result<Option<Trade>, StoreError> {
        let item = self.get(Table::Trade, &keys::trade(trade), Read::Consistent).await?;
        Ok(item.as_ref().map(row::read).transpose()?)
    }

    /// The trade in whose shipment a number stands; `None`: in none.
    pub async fn trade_of_parcel(
        &self,
        number: &TrackingNumber,
    ) -> Result<Option<TradeId>, StoreError> {
        let item = self.get(Table::Trade, &keys::tracking(number), Read::Consistent).await?;
        Ok(item.as_ref().map(|item| ItemReader(item).id("trade")).transpose()?)
    }

    /// What both sides of its dispute have said, in order.
    pub async fn statements(&self, trade: TradeId) -> Result<Vec<Statement>, StoreError> {
        let query = Query::of(Table::Trade, keys::statements_of(trade), STATEMENTS_PAGE);
        let page = self.query(query.consistent()).await?;
        Ok(page.try_map(|item| dispute::read_statement(&item))?.items)
    }

    /// Opens a trade and tells so. `false`: it was opened before.
    pub async fn trade_open(&self, trade: &Trade) -> Result<bool, CommitError> {
        match self.commit(Transaction::new().trade_opening(trade)).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_of(TradeWrite::Opening) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Commits a decision by itself. `false`: the trade has moved since.
    pub async fn trade_commit(
        &self,
        before: &Trade,
        decision: &Decision,
        now: Instant,
    ) -> Result<bool, CommitError> {
        self.unless_moved(Transaction::new().trade(before, decision, now)).await
    }

    /// Settles a completed trade by `movement`. `false`: it has moved since (it was settled).
    pub async fn trade_settle(
        &self,
        trade: &Trade,
        movement: &Movement,
        now: Instant,
    ) -> Result<bool, CommitError> {
        let version = trade.version.saturating_add(1);
        let settled = Trade { settled_at: Some(now), version, ..trade.clone() };
        let transaction = Transaction::new()
            .write_as(TradeWrite::Change, replace(trade, &settled))
            .movement(movement, now)
            .event(&event::settled(&settled, now));
        self.unless_moved(transaction).await
    }

    async fn unless_moved(&self, transaction: Transaction) -> Result<bool, CommitError> {
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_of(TradeWrite::Change) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A page of what a user sells, newest first; of those in one state a page may be short.
    pub async fn trades_sold(
        &self,
        seller: UserId,
        state: Option<State>,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Trade>, StoreError> {
        let query = Query::of(Table::Trade, keys::trades_sold(seller), limit).index(1);
        self.trades(query.newest_first().after(after), state).await
    }

    /// A page of what a user buys, newest first; of those in one state a page may be short.
    pub async fn trades_bought(
        &self,
        buyer: UserId,
        state: Option<State>,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Trade>, StoreError> {
        let query = Query::of(Table::Trade, keys::trades_bought(buyer), limit).index(2);
        self.trades(query.newest_first().after(after), state).await
    }

    async fn trades(&self, query: Query, state: Option<State>) -> Result<Page<Trade>, StoreError> {
        let page = match state {
            None => self.query(query).await?,
            Some(state) => self.query_where(query, |item| row::is_in(item, state)).await?,
        };
        Ok(page.try_map(|item| row::read(&item))?)
    }

    /// A page of the trades that are in `state` on their way through the inspection centre, oldest
    /// first.
    pub async fn trades_inspected(
        &self,
        state: State,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Trade>, StoreError> {
        let partition = keys::trades_inspected_in(state.as_str());
        let query = Query::of(Table::Trade, partition, limit).index(4).after(after);
        Ok(self.query(query).await?.try_map(|item| row::read(&item))?)
    }

    /// A page of everybody's trades in `state`, by when they entered it.
    pub async fn trades_listed(
        &self,
        state: State,
        page: PageOf,
    ) -> Result<Page<Trade>, StoreError> {
        let partitions = keys::trades_listed(state.as_str());
        let until = END.to_owned();
        let spread = Spread { table: Table::Trade, index: 5, partitions, until, page };
        Ok(self.query_spread(spread).await?.try_map(|item| row::read(&item))?)
    }

    /// A page of the trades in `state` in one of the [`LISTS`] lists that there are of it, by when
    /// they entered it.
    pub async fn trades_in_list(
        &self,
        state: State,
        list: u8,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<Trade, Corrupt>>, StoreError> {
        let partition = keys::trades_listed_in(state.as_str(), list);
        let query = Query::of(Table::Trade, partition, limit).index(5).after(after);
        Ok(self.query(query).await?.map(|item| row::read(&item)))
    }

    /// A page of the trades that entered `state` within an interval and are still in it, in
    /// one of the [`LISTS`] lists that there are of it. One that does not read hides no other.
    pub async fn trades_entered(
        &self,
        state: State,
        list: u8,
        within: Interval,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<Trade, Corrupt>>, StoreError> {
        let partition = keys::trades_listed_in(state.as_str(), list);
        let query = Query::of(Table::Trade, partition, limit).index(5).after(after);
        let query = query.between(within.from.to_string(), format!("{}~", within.to));
        Ok(self.query(query).await?.map(|item| row::read(&item)))
    }

    /// A page of the trades whose deadline passed in the last [`OVERDUE_DAYS`] days and that are
    /// not moved on, by when they were due. May be short: what is only to be reminded is left out.
    pub async fn trades_overdue(
        &self,
        now: Instant,
        page: PageOf,
    ) -> Result<Page<Trade>, StoreError> {
        let days = (0..=OVERDUE_DAYS).map(|days| keys::trades_due_on(now - Span::days(days)));
        let until = format!("{now}~");
        let spread =
            Spread { table: Table::Trade, index: 3, partitions: days.collect(), until, page };
        let mut page = self.query_spread(spread).await?.try_map(|item| row::read(&item))?;
        page.items.retain(|trade| trade.deadline.is_some_and(|deadline| deadline <= now));
        Ok(page)
    }

    /// Trades that wait for somebody, due on the Seoul day of `day` and in `from..=to`, soonest
    /// first, as the index knows them.
    pub async fn trades_due(
        &self,
        day: Instant,
        from: Instant,
        to: Instant,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<Trade, Corrupt>>, StoreError> {
        let query = Query::of(Table::Trade, keys::trades_due_on(day), limit).index(3).after(after);
        // '~' sorts after '#': the last instant is included.
        let query = query.between(from.to_string(), format!("{to}~"));
        Ok(self.query(query).await?.map(|item| row::read(&item)))
    }
}

/// `next` in the place of `before`, if that still stands there.
fn replace(before: &Trade, next: &Trade) -> Write {
    // A put, because a state leaves attributes behind (claim, index keys); the version guards it.
    Write::put(Table::Trade, row::item(next)).when_number("version", "=", before.version)
}
