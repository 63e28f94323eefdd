//! The journal and the balances that follow from it, changed in the same transaction.
//!
//! [`Transaction::movement`] adds a movement to a command's transaction; [`MoneyWrite`] names its
//! writes. Nothing else writes a balance.

mod books;
mod debts;
mod rows;

use std::collections::BTreeSet;

use domain::ledger::{Account, Movement, MovementError, MovementKind, Posting, REHOLD, Split};
use kernel::{Instant, UserId, Won};

use crate::{
    CommitError, Corrupt, Item, ItemReader, Label, Page, Position, Query, Read, Store, StoreError,
    Table, Transaction, keys,
};

pub use crate::label::MoneyWrite;
pub use books::read_books;
pub use domain::ledger::{Balance, HoldRow, HoldState, JournalEntry, Kept, WalletLine};
pub use rows::{HoldChange, read_entry};

/// Locks of one week, read at once.
const LOCKS_PAGE: u32 = 1_000;

impl Transaction {
    /// Adds a movement: its journal entry, the balances it changes, the users' history lines.
    #[must_use]
    pub fn movement(self, movement: &Movement, now: Instant) -> Self {
        self.movements(&[movement], Split::ZERO, now)
    }

    /// Adds movements, each with the hold that it ends. A wallet that several of them change is
    /// written once.
    #[must_use]
    pub fn ending(self, endings: &[Ending<'_>], now: Instant) -> Self {
        let movements: Vec<_> = endings.iter().map(|it| it.movement).collect();
        let transaction = self.movements(&movements, Split::ZERO, now);
        endings.iter().fold(transaction, |transaction, Ending { movement, hold }| match hold {
            Some(HoldEnd { subject, state }) => {
                let end = rows::ended_hold(subject, taken(movement), *state, movement.reason());
                transaction.write_as(MoneyWrite::Hold, end)
            }
            None => transaction,
        })
    }

    /// Adds movements, if so much more of each kind that they take is there.
    fn movements(mut self, movements: &[&Movement], stays: Split, now: Instant) -> Self {
        let mut users = BTreeSet::new();
        for movement in movements {
            self = self.write_as(MoneyWrite::Entry, rows::entry(movement, now));
            for user in movement.users() {
                self = self.write_as(MoneyWrite::Line, rows::line(movement, user, now));
                users.insert(user);
            }
            if let Some(lock) = movement.lock() {
                let lock = rows::lock(lock, movement.reason(), now);
                self = self.write_as(MoneyWrite::Lock, lock);
            }
            for posting in movement.postings() {
                if let Account::Escrow(trade) = posting.account {
                    let escrow = rows::escrow(trade, posting.amount);
                    self = self.write_as(MoneyWrite::Escrow, escrow);
                }
            }
        }
        for user in users {
            let balance = rows::balance(movements, user, stays);
            self = self.write_as(MoneyWrite::Balance(user), balance);
        }
        self
    }

    /// Sets `money` aside for `subject`, which can have one hold.
    pub fn hold(
        self,
        subject: &str,
        user: UserId,
        money: Split,
        now: Instant,
    ) -> Result<Self, MovementError> {
        self.hold_beside(subject, user, money, Split::ZERO, now)
    }

    /// The same for money that is to leave: what is locked of its kinds ([`Store::locked`]) stays.
    pub fn hold_beside(
        self,
        subject: &str,
        user: UserId,
        money: Split,
        locked: Split,
        now: Instant,
    ) -> Result<Self, MovementError> {
        let held = Posting { account: Account::Held(user), amount: money.total().get() };
        let postings = money.out_of(user).chain([held]).collect();
        let movement = Movement::new(format!("hold#{subject}"), MovementKind::Hold, postings)?;
        let hold = rows::new_hold(subject, user, money);
        let transaction = self.movements(&[&movement], locked, now);
        Ok(transaction.write_as(MoneyWrite::Hold, hold))
    }

    /// Changes what is set aside for `subject`, which stays held. `cause`: unique among the changes
    /// of this hold.
    pub fn rehold(
        self,
        subject: &str,
        user: UserId,
        change: HoldChange,
        cause: &str,
        now: Instant,
    ) -> Result<Self, MovementError> {
        let HoldChange { from, to } = change;
        let more = to.total().get() - from.total().get();
        let kind = match more {
            0 => return Ok(self),
            1.. => MovementKind::Hold,
            ..0 => MovementKind::Release,
        };
        let held = Posting { account: Account::Held(user), amount: more };
        let postings = from.without(to).into(user).chain(to.without(from).out_of(user));
        let postings = postings.chain([held]).collect();
        let movement = Movement::new(format!("{REHOLD}{subject}#{cause}"), kind, postings)?;
        let hold = rows::changed_hold(subject, user, change);
        Ok(self.movement(&movement, now).write_as(MoneyWrite::Hold, hold))
    }

    /// Ends the hold of `subject` by giving the money back as it was.
    pub fn release(
        self,
        subject: &str,
        user: UserId,
        money: Split,
        now: Instant,
    ) -> Result<Self, MovementError> {
        let movement = Movement::release(subject, user, money)?;
        Ok(self.end_hold(subject, &movement, HoldState::Released, now))
    }

    /// Ends the hold of `subject` by `movement`, which takes exactly the held amount out of the
    /// held account of exactly its user; with any other movement the condition does not hold.
    #[must_use]
    pub fn capture(self, subject: &str, movement: &Movement, now: Instant) -> Self {
        self.end_hold(subject, movement, HoldState::Captured, now)
    }

    /// Ends the hold of `subject` by a movement that gives all of it back under the reason
    /// `release#<subject>`.
    #[must_use]
    pub fn give_back(self, subject: &str, movement: &Movement, now: Instant) -> Self {
        self.end_hold(subject, movement, HoldState::Released, now)
    }

    fn end_hold(self, subject: &str, movement: &Movement, state: HoldState, now: Instant) -> Self {
        self.ending(&[Ending { movement, hold: Some(HoldEnd { subject, state }) }], now)
    }
}

/// A movement, and the hold that it ends.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub movement: &'a Movement,
    pub hold: Option<HoldEnd<'a>>,
}

/// How a hold ends.
#[derive(Clone, Copy, Debug)]
pub struct HoldEnd<'a> {
    pub subject: &'a str,
    pub state: HoldState,
}

/// Whose held money a movement takes, and how much; `None`: nobody's, or several people's.
fn taken(movement: &Movement) -> Option<(UserId, i64)> {
    let mut held = movement.postings().iter().filter_map(|posting| match posting.account {
        Account::Held(user) => Some((user, -posting.amount)),
        _ => None,
    });
    match (held.next(), held.next()) {
        (Some(taken), None) => Some(taken),
        _ => None,
    }
}

impl Store {
    /// A user's balances; all zero for a user without a wallet.
    pub async fn balance(&self, user: UserId, read: Read) -> Result<Balance, StoreError> {
        let item = self.get(Table::Wallet, &keys::wallet(user), read).await?;
        Ok(item.as_ref().map(rows::read_balance).transpose()?.unwrap_or_default())
    }

    /// How much of a user's free money may not leave at `now`: more than there is, when some of it
    /// was spent.
    pub async fn locked(&self, user: UserId, now: Instant) -> Result<Split, StoreError> {
        let low = format!("{}{now}~", keys::WALLET_LOCK_PREFIX);
        let high = format!("{}~", keys::WALLET_LOCK_PREFIX);
        let mut locked = Split::ZERO;
        let mut after = None;
        loop {
            let query = Query::of(Table::Wallet, keys::wallet_of(user), LOCKS_PAGE).consistent();
            let query = query.between(low.as_str(), high.as_str()).after(after);
            let page = self.query(query).await?.try_map(|item| rows::read_lock(&item))?;
            locked = page.items.into_iter().fold(locked, Split::with);
            after = page.next;
            if after.is_none() {
                return Ok(locked);
            }
        }
    }

    /// What a trade's escrow holds.
    pub async fn escrow(&self, trade: kernel::TradeId) -> Result<Won, StoreError> {
        let item = self.get(Table::Wallet, &keys::escrow(trade), Read::Consistent).await?;
        Ok(item.map_or(Ok(Won::ZERO), |item| ItemReader(&item).won("amount"))?)
    }

    /// Whether a movement with this reason happened, and which.
    pub async fn journal_entry(&self, reason: &str) -> Result<Option<JournalEntry>, StoreError> {
        let item = self.get(Table::Wallet, &keys::journal(reason), Read::Consistent).await?;
        Ok(item.as_ref().map(read_entry).transpose()?)
    }

    /// The hold of a subject.
    pub async fn hold(&self, subject: &str) -> Result<Option<HoldRow>, StoreError> {
        let item = self.get(Table::Wallet, &keys::hold(subject), Read::Consistent).await?;
        Ok(item.as_ref().map(rows::read_hold).transpose()?)
    }

    /// A page of a user's wallet history, newest first.
    pub async fn wallet_lines(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<WalletLine>, StoreError> {
        let query = Query::of(Table::Wallet, keys::wallet_of(user), limit).consistent();
        let query = query.prefix(keys::WALLET_LINE_PREFIX).newest_first().after(after);
        let page = self.query(query).await?;
        Ok(page.try_map(|item| rows::read_line(&item))?)
    }

    /// A user's balances whatever they say, for the audit; `None` without a wallet.
    pub async fn kept(&self, user: UserId) -> Result<Option<Kept>, StoreError> {
        let item = self.get(Table::Wallet, &keys::wallet(user), Read::Consistent).await?;
        Ok(item.as_ref().map(rows::read_kept).transpose()?)
    }

    /// The journal entries of up to 100 reasons; each is old enough to be read eventually.
    pub async fn journal_entries(
        &self,
        reasons: &[&str],
    ) -> Result<Vec<Option<JournalEntry>>, StoreError> {
        let keys = reasons.iter().map(|reason| (Table::Wallet, keys::journal(reason)));
        self.read_all(keys, |item| read_entry(&item)).await
    }

    /// Commits a movement by itself. `false`: it happened before. That the reason was used for
    /// another movement is a fault of ours.
    pub async fn move_money(&self, movement: &Movement, now: Instant) -> Result<bool, CommitError> {
        self.moved(Transaction::new().movement(movement, now), movement).await
    }

    /// The same for a movement that ends the hold of `subject`.
    pub async fn capture_money(
        &self,
        subject: &str,
        movement: &Movement,
        now: Instant,
    ) -> Result<bool, CommitError> {
        self.moved(Transaction::new().capture(subject, movement, now), movement).await
    }

    async fn moved(&self, by: Transaction, movement: &Movement) -> Result<bool, CommitError> {
        match self.commit(by).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { label: Label::Money(MoneyWrite::Entry), item }) => {
                let item =
                    item.ok_or_else(|| StoreError::Busy("the entry is hidden".to_owned()))?;
                let first = read_entry(&item).map_err(StoreError::from)?;
                if (first.kind, &*first.postings) == (movement.kind(), movement.postings()) {
                    return Ok(false);
                }
                let text = format!("the reason {} moved other money", movement.reason());
                Err(StoreError::Refused(text).into())
            }
            Err(error) => Err(error),
        }
    }
}

/// A user's balances from an item that a tool found by itself.
pub fn read_balance(item: &Item) -> Result<Balance, Corrupt> {
    rows::read_balance(item)
}
