//! Whom a user does not want to deal with.

use kernel::{Instant, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    CommitError, Corrupt, Item, Page, Position, Query, Read, Store, StoreError, Table, Transaction,
    Write, from_item, keys, label::BlockWrite, to_item,
};

/// One user blocked by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    pub user: UserId,
    pub blocked_at: Instant,
}

/// What became of blocking somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocking {
    Done,
    /// They were blocked already.
    Repeated,
    UnknownUser,
}

impl Store {
    /// Blocks `other`; from then on their bids on auctions of `by` are refused: a bid reads this
    /// row.
    pub async fn block_create(
        &self,
        by: UserId,
        other: UserId,
        now: Instant,
    ) -> Result<Blocking, StoreError> {
        let row = to_item(&keys::block(by, other), &Block { user: other, blocked_at: now })?;
        let user = Write::check(Table::Identity, keys::account(other)).if_present("pk");
        let transaction = Transaction::new()
            .write_as(BlockWrite::User, user)
            .write_as(BlockWrite::Block, Write::create(Table::Identity, row));
        match self.commit(transaction).await {
            Ok(()) => Ok(Blocking::Done),
            Err(error) if error.is_condition_of(BlockWrite::User) => Ok(Blocking::UnknownUser),
            Err(CommitError::Condition { .. }) => Ok(Blocking::Repeated),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Takes a block back. Repeats safely.
    pub async fn block_delete(&self, by: UserId, other: UserId) -> Result<(), StoreError> {
        let delete = Write::delete(Table::Identity, keys::block(by, other)).if_present("pk");
        match self.write(delete).await {
            Ok(()) | Err(CommitError::Condition { .. }) => Ok(()),
            Err(CommitError::Store(error)) => Err(error),
        }
    }

    /// Whether `by` blocks `other`, eventually consistent: what a bid asks.
    pub async fn is_blocked(&self, by: UserId, other: UserId) -> Result<bool, StoreError> {
        let item = self.get(Table::Identity, &keys::block(by, other), Read::Eventual).await?;
        Ok(item.is_some())
    }

    pub async fn block_find(&self, by: UserId, other: UserId) -> Result<Option<Block>, StoreError> {
        let item = self.get(Table::Identity, &keys::block(by, other), Read::Consistent).await?;
        Ok(item.map(block).transpose()?)
    }

    /// Whom `by` blocked, those who joined first coming first.
    pub async fn blocks_of(
        &self,
        by: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Block>, StoreError> {
        let query = Query::of(Table::Identity, keys::user(by), limit);
        let page = self.query(query.prefix(keys::BLOCK_PREFIX).after(after).consistent()).await?;
        Ok(page.try_map(block)?)
    }
}

fn block(item: Item) -> Result<Block, Corrupt> {
    from_item(item)
}
