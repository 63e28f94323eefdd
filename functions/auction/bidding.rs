//! The path of a bid: filter, one read, one conditional write, a definitive answer.
//!
//! Idempotency needs no record of its own here. The bid's name is derived from its key; the head
//! carries the newest entries and the ledger row is found by the key in the same read. Beyond
//! that, within an epoch an accepted bid can never be accepted again: the price has passed it, or
//! its bidder leads with that very maximum.

use domain::auction::{
    Bid, Decision, Entry, EntryKind, Head, KeyHash, Offer, Rejection, Salt, Status, buy_now, decide,
};
use kernel::{AuctionId, Instant, UserId};
use platform::{
    App, Once, Problem, Reply,
    retry::{self, Policy},
};
use store::{
    CommitError, Read, StoreError,
    auction::{BidContext, LedgerRow, StandingRow, decode_head},
};

use crate::{
    closing::close_if_due,
    memory::{Heads, refuse_early},
    refusal,
    view::{BidView, is_taken_back},
};

/// Every failed attempt means that another bid was accepted and the price rose: this many losses
/// in a row are the bound on one request's work.
const BID: Policy = Policy::named("bid", 64).with_backoff(1, 32);

/// What the bidder wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    Bid(Offer),
    BuyNow,
}

/// One request to bid.
pub struct Request {
    pub auction: AuctionId,
    pub bidder: UserId,
    pub intent: Intent,
    pub now: Instant,
}

/// Places the bid, or answers as the first request with this key was answered.
pub async fn place(app: &App, once: &Once, request: &Request) -> Result<Reply, Problem> {
    let key = request.key(once.key().unwrap_or_default());
    let heads = app.memory::<Heads>();
    let known = heads.get(request.auction, request.now);
    if let Some((head, true)) = &known
        && let Some(rejection) = request.refuse_early(head)
    {
        let recorded = request.recorded(app, key, Read::Eventual).await?;
        let first = recorded.or_else(|| request.in_head(head, key));
        return match first {
            Some(row) => request.repeat(app, head, &row),
            None => Err(refusal::bid(rejection)),
        };
    }
    // An old copy would only cost a failed write: the same call reads a newer one.
    let cached = known.filter(|(_, fresh)| *fresh).map(|(head, _)| head);
    let context =
        app.store.bid_context(request.auction, request.bidder, key, cached.is_none()).await?;
    let BidContext { bid, standing, head } = context;
    let head = match cached.or(head) {
        Some(head) => head,
        None => request.read(app).await?,
    };
    match bid {
        Some(row) => request.repeat(app, &head, &row),
        None => request.submit(app, key, &standing, head).await,
    }
}

impl Request {
    /// The name of the request among its bidder's. Keys have no spaces, so that one key on both
    /// routes is two names.
    fn key(&self, key: &str) -> KeyHash {
        match self.intent {
            Intent::Bid(_) => KeyHash::of(key),
            Intent::BuyNow => KeyHash::of(&format!("buy-now {key}")),
        }
    }

    fn refuse_early(&self, head: &Head) -> Option<Rejection> {
        match self.intent {
            Intent::Bid(offer) => refuse_early(head, self.bidder, offer, self.now),
            Intent::BuyNow => None,
        }
    }

    async fn recorded(
        &self,
        app: &App,
        key: KeyHash,
        read: Read,
    ) -> Result<Option<LedgerRow>, Problem> {
        Ok(app.store.bid_recorded(self.auction, self.bidder, key, read).await?)
    }

    async fn read(&self, app: &App) -> Result<Head, Problem> {
        let head = app.store.auction_head(self.auction, Read::Consistent).await?;
        head.ok_or_else(|| refusal::not_found(self.auction))
    }

    /// Decides on `head` and writes, again and again on the head that a lost race brings.
    async fn submit(
        &self,
        app: &App,
        key: KeyHash,
        standing: &StandingRow,
        head: Head,
    ) -> Result<Reply, Problem> {
        let bid = Bid {
            bidder: self.bidder,
            tag: app.keys.bidder_tag(self.auction, self.bidder)?,
            key,
            salt: Salt(app.entropy.random()),
            standing: standing.with(head.terms.seller, self.now),
        };
        let heads = app.memory::<Heads>();
        let mut head = head;
        let mut certain = false;
        let mut wrote = false;
        let mut attempts = BID.attempts();
        while attempts.again() {
            if let Some(row) = self.in_head(&head, key) {
                return self.repeat(app, &head, &row);
            }
            let decision = match self.decide(&head, &bid) {
                Ok(decision) => decision,
                Err(rejection) if certain => {
                    // An own write whose answer was lost may be what now stands in the way.
                    let own =
                        if wrote { self.recorded(app, key, Read::Consistent).await? } else { None };
                    return match own {
                        Some(row) => created(app, &head, &row.entry),
                        None => self.refuse(app, head, rejection).await,
                    };
                }
                Err(_) => {
                    // What was read may be a moment old, and what it refuses must not depend on
                    // that.
                    (head, certain) = (self.read(app).await?, true);
                    heads.put(&head, self.now);
                    continue;
                }
            };
            wrote = true;
            match self.write(app, &head, &decision).await? {
                Written::Done => {
                    heads.put(&decision.head, self.now);
                    return created(app, &decision.head, &decision.entry);
                }
                Written::Lost(Some(newer)) => (head, certain) = (*newer, true),
                Written::Lost(None) => return Err(refusal::not_found(self.auction)),
                Written::Unknown => (head, certain) = (self.read(app).await?, true),
            }
            heads.put(&head, self.now);
            retry::pause(app, &attempts).await;
        }
        Err(attempts.exhausted().into())
    }

    fn decide(&self, head: &Head, bid: &Bid) -> Result<Decision, Rejection> {
        match self.intent {
            Intent::Bid(offer) => decide(head, bid, offer, self.now),
            Intent::BuyNow => buy_now(head, bid, self.now),
        }
    }

    async fn write(&self, app: &App, head: &Head, decision: &Decision) -> Result<Written, Problem> {
        match app.store.auction_advance(head.sequence, &decision.head, self.now).await {
            Ok(()) => Ok(Written::Done),
            Err(CommitError::Condition { item, .. }) => {
                let head = item.as_ref().map(decode_head).transpose()?;
                Ok(Written::Lost(head.map(Box::new)))
            }
            // Perhaps it was written: the head tells, for it would carry this very bid.
            Err(CommitError::Store(StoreError::Busy(_))) => Ok(Written::Unknown),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    async fn refuse(&self, app: &App, head: Head, rejection: Rejection) -> Result<Reply, Problem> {
        if rejection == Rejection::Ended && head.status == Status::Open {
            close_if_due(app, head, self.now).await?;
        }
        Err(refusal::bid(rejection))
    }

    /// This request's entry among the newest.
    fn in_head(&self, head: &Head, key: KeyHash) -> Option<LedgerRow> {
        let mine = |entry: &&Entry| {
            let void = matches!(entry.kind, EntryKind::Void { .. });
            entry.bidder == self.bidder && entry.key == key && !void
        };
        let entry = head.recent.iter().find(mine).cloned()?;
        Some(LedgerRow { auction: self.auction, entry, voided_by: None })
    }

    /// The first answer again, if this is the same request; it leads no more if it was taken back.
    fn repeat(&self, app: &App, head: &Head, row: &LedgerRow) -> Result<Reply, Problem> {
        let entry = &row.entry;
        let same = match self.intent {
            Intent::Bid(offer) => is_offer(entry, offer),
            Intent::BuyNow => entry.kind == EntryKind::BuyNow,
        };
        if !same {
            return Err(Problem::idempotency_key_reused());
        }
        let view = BidView::new(app, &head.terms, entry)?;
        let view = view.taken_back(is_taken_back(head, entry, row.voided_by));
        answered(&view).map(Reply::replayed)
    }
}

fn is_offer(entry: &Entry, offer: Offer) -> bool {
    (entry.asked, entry.maximum) == (offer.amount(), offer.maximum())
}

/// What became of a write.
enum Written {
    Done,
    /// Another write came first; the head as it stands.
    Lost(Option<Box<Head>>),
    /// No answer.
    Unknown,
}

fn created(app: &App, head: &Head, entry: &Entry) -> Result<Reply, Problem> {
    answered(&BidView::new(app, &head.terms, entry)?)
}

fn answered(view: &BidView) -> Result<Reply, Problem> {
    let location = format!("/v1/auctions/{}/bids/{}/receipt", view.auction_id, view.id);
    Reply::created(location, view)
}
