//! Auctions: the hot head, the auction row with its indexes, the ledger rows, watch lists.

mod head;
mod ledger;
mod lists;
mod packed;
mod row;
mod standing;

use domain::auction::{CLOSE_GRACE, Entry, Hash, Head, KeyHash, Status};
use events::Envelope;
use kernel::{AuctionId, Instant, SessionId, UserId, uuid_of};
use uuid::Uuid;

use crate::{
    CommitError, Corrupt, Page, Position, Query, Read, Store, StoreError, Table, Transaction,
    Write,
    batch::{Batch, present},
    from_item,
    identity::is_over,
    keys,
};

pub use crate::label::AuctionWrite;
pub use head::{decode as decode_head, encode as encode_head};
pub use ledger::{LedgerRow, decode as decode_entry, row as ledger_row};
pub use row::{AuctionRow, Closing};
pub use standing::{StandingRow, Strike, StrikeKind};

/// What a bid needs to know beside the head.
#[derive(Clone, Debug)]
pub struct BidContext {
    /// The bid that this request is a repetition of; `None`: not asked for, or there is none.
    pub bid: Option<LedgerRow>,
    /// Whether the session that bids was ended before its time.
    pub session_over: bool,
    /// How many of the bidder's wins went unpaid.
    pub standing: StandingRow,
    /// Whether the seller blocks the bidder; `None`: not asked, for nobody knew the seller.
    pub blocked: Option<bool>,
    /// `None`: not asked for, or there is none.
    pub head: Option<Head>,
}

/// What of an auction is known before its context is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// Sellers never change: a copy of any age says who.
    pub seller: Option<UserId>,
    /// Whether there is a fresh copy of the head.
    pub head: bool,
    /// Whether there may be more bids than the head knows by their keys.
    pub long: bool,
}

/// One request to bid, by name.
#[derive(Clone, Copy, Debug)]
pub struct BidName {
    pub auction: AuctionId,
    pub bidder: UserId,
    pub key: KeyHash,
}

/// What there is of a bid already: its row, and the head that may still carry it.
#[derive(Clone, Debug)]
pub struct BidTrace {
    pub bid: Option<LedgerRow>,
    pub head: Option<Head>,
}

/// The id of an event that follows from the auction's state alone, so that telling it twice is
/// telling it once.
#[must_use]
pub fn event_id(kind: &str, auction: AuctionId, sequence: u32) -> Uuid {
    let sequence = sequence.to_be_bytes();
    let Hash(digest) = Hash::of(&[kind.as_bytes(), auction.uuid().as_bytes(), &sequence]);
    uuid_of(digest)
}

impl Transaction {
    /// Adds an auction that begins: its row and its head.
    pub fn auction_opening(self, row: &AuctionRow, head: &Head) -> Result<Self, Corrupt> {
        let transaction =
            self.write_as(AuctionWrite::Row, Write::create(Table::Auction, row.item()?));
        let head = Write::create(Table::Auction, head::encode(head));
        Ok(transaction.write_as(AuctionWrite::Head, head))
    }

    /// Adds what [`Store::auction_advance`] writes, for what is rarer than bids and carries more.
    #[must_use]
    pub fn auction_advancing(self, sequence: u32, next: &Head, now: Instant) -> Self {
        self.write_as(AuctionWrite::Head, head::advance(sequence, next, now))
    }

    /// Adds that `staff` judges the auction's bids, and so makes none.
    #[must_use]
    pub fn auction_judged(self, auction: AuctionId, staff: UserId) -> Self {
        // No condition: the row says the same however often it is written.
        let mark = crate::ItemWriter::under(&keys::judge(auction, staff)).item();
        self.write_as(AuctionWrite::Judge, Write::put(Table::Auction, mark))
    }

    /// Adds the end of the auction whose head stands at `sequence`, before its time.
    #[must_use]
    pub fn auction_cancelling(self, head: &Head, reason: &str, now: Instant) -> Self {
        let write = Write::update(Table::Auction, keys::auction_head(head.terms.auction))
            .set_text("st", head::status_text(Status::Cancelled))
            .set_text("why", reason)
            .when_number("q", "=", head.sequence)
            .when_text("st", "=", head::status_text(Status::Open))
            .when_number("e", ">", now.millis());
        self.write_as(AuctionWrite::Head, write)
    }
}

impl Store {
    pub async fn auction_head(
        &self,
        auction: AuctionId,
        read: Read,
    ) -> Result<Option<Head>, StoreError> {
        let item = self.get(Table::Auction, &keys::auction_head(auction), read).await?;
        Ok(item.as_ref().map(head::decode).transpose()?)
    }

    /// The heads of these auctions, eventually consistent, in the order asked.
    pub async fn auction_heads(
        &self,
        auctions: &[AuctionId],
    ) -> Result<Vec<Option<Head>>, StoreError> {
        let keys = auctions.iter().map(|id| (Table::Auction, keys::auction_head(*id)));
        self.read_all(keys, |item| head::decode(&item)).await
    }

    pub async fn auction_row(&self, auction: AuctionId) -> Result<Option<AuctionRow>, StoreError> {
        let item = self.get(Table::Auction, &keys::auction(auction), Read::Consistent).await?;
        Ok(item.map(from_item).transpose()?)
    }

    pub async fn auction_rows(
        &self,
        auctions: &[AuctionId],
    ) -> Result<Vec<Option<AuctionRow>>, StoreError> {
        let keys = auctions.iter().map(|id| (Table::Auction, keys::auction(*id)));
        self.read_all(keys, from_item).await
    }

    /// All that a bid needs, in one call: the session as it stands, the rest eventually consistent.
    pub async fn bid_context(
        &self,
        name: BidName,
        session: SessionId,
        known: Known,
    ) -> Result<BidContext, StoreError> {
        let BidName { auction, bidder, key } = name;
        let mut batch = Batch::new(Read::Eventual).strictly(Table::Session);
        let session = batch.ask(Table::Session, keys::session(bidder, session), is_over);
        let bid = keys::bid(bidder, auction, &key.to_string());
        let bid = known.long.then(|| batch.ask(Table::Auction, bid, ledger::decode));
        let standing = batch.ask(Table::Auction, keys::standing(bidder), standing::decode);
        let block = known.seller.map(|seller| keys::block(seller, bidder));
        let block = block.map(|key| batch.ask(Table::Identity, key, present));
        let head = (!known.head)
            .then(|| batch.ask(Table::Auction, keys::auction_head(auction), head::decode));
        let found = self.read_batch(&batch).await?;
        Ok(BidContext {
            bid: bid.map_or(Ok(None), |bid| found.of(&bid))?,
            session_over: found.of(&session)?.unwrap_or_default(),
            standing: found.of(&standing)?.unwrap_or_default(),
            blocked: block
                .map(|block| Ok::<_, Corrupt>(found.of(&block)?.is_some()))
                .transpose()?,
            head: head.map_or(Ok(None), |head| found.of(&head))?,
        })
    }

    /// What there is of a bid already, as it stands, in one call.
    pub async fn bid_trace(&self, name: BidName) -> Result<BidTrace, StoreError> {
        let BidName { auction, bidder, key } = name;
        let mut batch = Batch::new(Read::Consistent);
        let bid = keys::bid(bidder, auction, &key.to_string());
        let bid = batch.ask(Table::Auction, bid, ledger::decode);
        let head = batch.ask(Table::Auction, keys::auction_head(auction), head::decode);
        let found = self.read_batch(&batch).await?;
        Ok(BidTrace { bid: found.of(&bid)?, head: found.of(&head)? })
    }

    /// The recorded bid of this request, if there is one.
    pub async fn bid_recorded(&self, name: BidName) -> Result<Option<LedgerRow>, StoreError> {
        let key = keys::bid(name.bidder, name.auction, &name.key.to_string());
        let item = self.get(Table::Auction, &key, Read::Consistent).await?;
        Ok(item.as_ref().map(ledger::decode).transpose()?)
    }

    /// Replaces the head that stands at `sequence` by `next`, if the auction is still open at
    /// `now`. The one write of a bid. A failed condition brings the head as it stands.
    pub async fn auction_advance(
        &self,
        sequence: u32,
        next: &Head,
        now: Instant,
    ) -> Result<(), CommitError> {
        self.write(head::advance(sequence, next, now)).await
    }

    /// Ends the auction whose head stands at `sequence`, once its end and the grace after it are
    /// past.
    pub async fn auction_end(
        &self,
        head: &Head,
        status: Status,
        now: Instant,
    ) -> Result<(), CommitError> {
        let write = Write::update(Table::Auction, keys::auction_head(head.terms.auction))
            .set_text("st", head::status_text(status))
            .when_number("q", "=", head.sequence)
            .when_text("st", "=", head::status_text(Status::Open))
            .when_number("e", "<=", (now - CLOSE_GRACE).millis());
        self.write(write).await
    }

    /// Records a ledger entry. Recording it again changes nothing.
    ///
    /// A bidder who reuses a key before its first bid is recorded may get a second bid accepted
    /// under it. That one is recorded all the same, under a key of its own.
    pub async fn ledger_record(
        &self,
        auction: AuctionId,
        entry: &Entry,
    ) -> Result<(), CommitError> {
        for row in [ledger::row(auction, entry), ledger::second_row(auction, entry)] {
            let there = match self.write(Write::create(Table::Auction, row)).await {
                Err(CommitError::Condition { item: Some(item), .. }) => {
                    ledger::decode(&item).map_err(StoreError::from)?.entry
                }
                answer => return answer,
            };
            if there.hash == entry.hash {
                return Ok(());
            }
            if there.sequence == entry.sequence {
                break;
            }
        }
        let text = format!("two entries {} of auction {auction}", entry.sequence);
        Err(StoreError::Corrupt(Corrupt(text)).into())
    }

    /// Marks bid `sequence`, which the void `entry` took back. Repeats safely.
    pub async fn ledger_mark_void(
        &self,
        auction: AuctionId,
        entry: &Entry,
        sequence: u32,
    ) -> Result<(), CommitError> {
        let name = entry.key.to_string();
        let mark = |name: &str| {
            let write = Write::update(Table::Auction, keys::bid(entry.bidder, auction, name))
                .set_number("vd", entry.sequence)
                .when_number("q", "=", sequence);
            self.write(write)
        };
        match mark(&name).await {
            Err(CommitError::Condition { .. }) => mark(&ledger::second_name(&name, sequence)).await,
            answer => answer,
        }
    }

    /// A page of an auction's ledger, oldest (or newest) first.
    pub async fn ledger(
        &self,
        auction: AuctionId,
        limit: u32,
        newest_first: bool,
        after: Option<Position>,
    ) -> Result<Page<LedgerRow>, StoreError> {
        let query =
            Query::of(Table::Auction, keys::ledger_of(auction), limit).index(1).after(after);
        let query = if newest_first { query.newest_first() } else { query };
        let page = self.query(query).await?;
        Ok(page.try_map(|item| ledger::decode(&item))?)
    }

    /// The whole ledger, page by page.
    pub async fn ledger_whole(&self, auction: AuctionId) -> Result<Vec<LedgerRow>, StoreError> {
        const PAGE: u32 = 500;
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let page = self.ledger(auction, PAGE, false, after).await?;
            rows.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(rows);
            }
        }
    }

    /// Who bid on an auction: a page of bidders in the order of their bids, with repetitions.
    pub async fn auction_bidders(
        &self,
        auction: AuctionId,
        after: Option<Position>,
    ) -> Result<Page<UserId>, StoreError> {
        const PAGE: u32 = 200;
        let page = self.ledger(auction, PAGE, false, after).await?;
        page.try_map(|row| Ok(row.entry.bidder))
    }

    /// Whether `staff` has voided a bid of this auction, as it stands.
    pub async fn has_judged(&self, auction: AuctionId, staff: UserId) -> Result<bool, StoreError> {
        let mark = self.get(Table::Auction, &keys::judge(auction, staff), Read::Consistent).await?;
        Ok(mark.is_some())
    }

    /// Whether a recorded bid of this auction is this user's, as it stands.
    pub async fn has_bid(&self, auction: AuctionId, user: UserId) -> Result<bool, StoreError> {
        let prefix = format!("{}{auction}#", keys::BID_PREFIX);
        let query = Query::of(Table::Auction, keys::bids_by(user), 1).prefix(prefix).consistent();
        Ok(!self.query(query).await?.items.is_empty())
    }

    /// A page of a user's bids, by auction, newest auction first.
    pub async fn bids_by(
        &self,
        bidder: UserId,
        auction: Option<AuctionId>,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<LedgerRow>, StoreError> {
        let prefix = auction
            .map_or_else(|| keys::BID_PREFIX.to_owned(), |id| format!("{}{id}#", keys::BID_PREFIX));
        let query = Query::of(Table::Auction, keys::bids_by(bidder), limit).prefix(prefix);
        let page = self.query(query.newest_first().after(after)).await?;
        Ok(page.try_map(|item| ledger::decode(&item))?)
    }

    /// Writes the outcome into the auction's row, takes it off the lists (and puts one that was won
    /// on the list of those), and tells everybody:
    /// all in one transaction, once. `false`: it was done before.
    pub async fn auction_settle(
        &self,
        auction: AuctionId,
        closing: &Closing,
        envelope: &Envelope,
    ) -> Result<bool, CommitError> {
        let value = serde_dynamo::to_attribute_value(closing)
            .map_err(|error: serde_dynamo::Error| StoreError::from(Corrupt(error.to_string())))?;
        let update = Write::update(Table::Auction, keys::auction(auction))
            .set("closing", value)
            .remove("gsi2pk")
            .remove("gsi2sk")
            .if_present("pk")
            .if_absent("closing");
        let update = match closing.winner {
            Some(_) => {
                let place = keys::auction_won(auction, closing.closed_at);
                update.set_text("gsi1pk", place.0).set_text("gsi1sk", place.1)
            }
            None => update.remove("gsi1pk").remove("gsi1sk"),
        };
        let transaction = Transaction::new().write_as(AuctionWrite::Row, update);
        match self.commit(transaction.event(envelope)).await {
            Ok(()) => Ok(true),
            Err(CommitError::Condition { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
