//! The lists of auctions: newest, ending soon, watched.

use events::Envelope;
use kernel::{AuctionId, Instant, UserId};

use crate::{
    CommitError, Corrupt, Interval, ItemReader, ItemWriter, Page, Position, Query, Store,
    StoreError, Table, Transaction, Write,
    auction::{AuctionRow, AuctionWrite},
    from_item, keys,
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

    /// Auctions not yet closed whose end, as [`Self::auction_end_moved`] has it, lies on the Seoul
    /// day of `day` and in `from..=to`, soonest first.
    pub async fn auctions_ending(
        &self,
        day: Instant,
        from: Instant,
        to: Instant,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<AuctionRow, Corrupt>>, StoreError> {
        let query = Query::of(Table::Auction, keys::auctions_ending_on(day), limit).index(2);
        // '~' sorts after '#': the last instant is included.
        let query = query.between(from.to_string(), format!("{to}~")).after(after);
        let page = self.query(query).await?;
        Ok(page.map(from_item))
    }

    /// Auctions that somebody won, closed on the Seoul day of `day` and within an interval, in
    /// order. One that does not read hides no other.
    pub async fn auctions_won(
        &self,
        day: Instant,
        within: Interval,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<Result<AuctionRow, Corrupt>>, StoreError> {
        let query = Query::of(Table::Auction, keys::auctions_won_on(day), limit).index(1);
        let query = query.between(within.from.to_string(), format!("{}~", within.to));
        Ok(self.query(query.after(after)).await?.map(from_item))
    }

    /// Follows an end that moved to `ends_at` in the lists. Never back, and not after the auction
    /// was settled: of several, in whatever order, the latest end stays.
    pub async fn auction_end_moved(
        &self,
        auction: AuctionId,
        ends_at: Instant,
    ) -> Result<(), CommitError> {
        let (ending, soonest) = keys::auctions_ending(auction, ends_at);
        let write = Write::update(Table::Auction, keys::auction(auction))
            .set_text("gsi2pk", ending)
            .set_text("gsi2sk", soonest.clone())
            .when_text("gsi2sk", "<", soonest);
        match self.write(write).await {
            Err(CommitError::Condition { .. }) => Ok(()),
            answer => answer,
        }
    }

    /// Tells, once, that an auction ends soon: notes it in the row together with the event.
    /// `false`: it was told before, or it is over.
    pub async fn auction_tell_soon(
        &self,
        auction: AuctionId,
        envelope: &Envelope,
    ) -> Result<bool, CommitError> {
        let note = Write::update(Table::Auction, keys::auction(auction))
            .set_text("soonToldAt", envelope.occurred_at.to_string())
            .if_present("pk")
            .if_absent("soonToldAt")
            .if_absent("closing");
        let transaction = Transaction::new().write_as(AuctionWrite::Row, note).event(envelope);
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// A page of those who watch an auction.
    pub async fn watchers(
        &self,
        auction: AuctionId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<UserId>, StoreError> {
        let query = Query::of(Table::Auction, keys::watchers_of(auction), limit).index(1);
        let page = self.query(query.after(after)).await?;
        page.try_map(|item| {
            let text = ItemReader(&item).text("gsi1sk")?;
            text.parse().map_err(|_| Corrupt(format!("watcher {text}")).into())
        })
    }

    pub async fn watch(
        &self,
        user: UserId,
        auction: AuctionId,
        now: Instant,
    ) -> Result<(), CommitError> {
        let (auctions, users) = keys::watchers(auction, user);
        let item = ItemWriter::under(&keys::watch(user, auction))
            .instant("since", now)
            .text("gsi1pk", auctions)
            .text("gsi1sk", users)
            .item();
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
