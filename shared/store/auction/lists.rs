//! The lists of auctions: newest, ending soon, watched.

use kernel::{AuctionId, Instant, UserId};

use crate::{
    CommitError, Corrupt, ItemReader, ItemWriter, Page, Position, Query, Store, StoreError, Table,
    Write, auction::AuctionRow, from_item, keys,
};

impl Store {
    /// Running auctions, newest first.
    pub async fn auctions_newest(
        &self,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<AuctionRow>, StoreError> {
        let query = Query::of(Table::Auction, keys::AUCTIONS_RUNNING, limit).index(1);
        let page = self.query(query.newest_first().after(after)).await?;
        Ok(page.try_map(from_item)?)
    }

    /// Auctions not yet closed whose scheduled end lies on the Seoul day of `day` and in
    /// `from..=to`, soonest
    /// first.
    pub async fn auctions_ending(
        &self,
        day: Instant,
        from: Instant,
        to: Instant,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<AuctionRow>, StoreError> {
        let query = Query::of(Table::Auction, keys::auctions_ending_on(day), limit).index(2);
        // '~' sorts after '#': the last instant is included.
        let query = query.between(from.to_string(), format!("{to}~")).after(after);
        let page = self.query(query).await?;
        Ok(page.try_map(from_item)?)
    }

    pub async fn watch(
        &self,
        user: UserId,
        auction: AuctionId,
        now: Instant,
    ) -> Result<(), CommitError> {
        let item = ItemWriter::under(&keys::watch(user, auction)).instant("since", now).item();
        match self.write(Write::create(Table::Auction, item)).await {
            Err(CommitError::Condition { .. }) => Ok(()), // watched already
            answer => answer,
        }
    }

    pub async fn unwatch(&self, user: UserId, auction: AuctionId) -> Result<(), CommitError> {
        let write = Write::delete(Table::Auction, keys::watch(user, auction)).if_present("pk");
        match self.write(write).await {
            Err(CommitError::Condition { .. }) => Ok(()), // was not watched
            answer => answer,
        }
    }

    /// A page of the auctions a user watches, newest auction first.
    pub async fn watched(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<AuctionId>, StoreError> {
        let query =
            Query::of(Table::Auction, keys::watches_of(user), limit).prefix(keys::WATCH_PREFIX);
        let page = self.query(query.newest_first().after(after)).await?;
        page.try_map(|item| {
            let text = ItemReader(&item).text("sk")?.trim_start_matches(keys::WATCH_PREFIX);
            text.parse().map_err(|_| Corrupt(format!("watch row {text}")).into())
        })
    }
}
