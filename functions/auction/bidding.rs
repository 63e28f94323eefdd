//! The path of a bid: filter, one read, one conditional write, a definitive answer.
//!
//! Idempotency needs no record of its own here. The bid's name is derived from its key; the head
//! carries the newest entries, and the names of the newest 24 bids; where there were more, the
//! ledger row is looked for by the key. Beyond that, within an epoch an accepted bid can never be
//! accepted again: the price has passed it, or its bidder leads with that very maximum.

use domain::{
    auction::{
        Arrival, Bid, Decision, Entry, EntryKind, Head, KeyHash, Offer, Rejection, Salt, Standing,
        Status, buy_now, decide,
    },
    identity::Role,
};
use kernel::{AuctionId, SessionId, UserId, Won};
use platform::{
    App, Arrived, Caller, Problem, Reply, RequestKey,
    retry::{self, Policy},
};
use store::{
    CommitError, Read, StoreError,
    auction::{BidContext, BidName, BidTrace, Known, LedgerRow, decode_head},
};

use crate::{
    closing::close_if_due,
    memory::{Heads, refuse_early},
    refusal, staff,
    view::{BidView, is_taken_back},
};

/// Every failed attempt means that another bid was accepted and the price rose: this many losses
/// in a row are the bound on one request's work.
const BID: Policy = Policy::named("bid", 64).with_backoff(1, 32);

/// What the bidder wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    Bid(Offer),
    /// At the price that the bidder saw, if they say which.
    BuyNow(Option<Won>),
}

/// One request to bid.
pub struct Request {
    auction: AuctionId,
    bidder: UserId,
    session: SessionId,
    intent: Intent,
    arrival: Arrival,
    /// Whether the bidder might judge the bids of others.
    is_admin: bool,
}

/// Places the bid, or answers as the first request with this key was answered.
pub async fn place(app: &App, key: &RequestKey, request: &Request) -> Result<Reply, Problem> {
    let name = request.name(app, &key.0)?;
    let heads = app.memory::<Heads>();
    let known = heads.get(request.auction, request.arrival.now());
    let seller = known.as_ref().map(|(head, _)| head.terms.seller);
    let long = known.as_ref().is_some_and(|(head, _)| head.forgets());
    let mut fresh = known.filter(|(_, fresh)| *fresh).map(|(head, _)| head);
    if let Some(head) = &fresh
        && request.refuse_early(head).is_some()
    {
        let BidTrace { bid, head } = app.store.bid_trace(name).await?;
        let head = head.ok_or_else(|| refusal::not_found(request.auction))?;
        heads.put(&head, request.arrival.now());
        if let Some(row) = bid {
            return request.repeat(app, &head, &row);
        }
        if head.knows(name.key) {
            return request.known(app, name, &head).await;
        }
        if let Some(rejection) = request.refuse_early(&head) {
            return Err(refusal::bid(rejection));
        }
        fresh = Some(head);
    }
    // An old copy would only cost a failed write: the same call reads a newer one.
    let asked = Known { seller, head: fresh.is_some(), long };
    let context = app.store.bid_context(name, request.session, asked).await?;
    let BidContext { bid, session_over, standing, blocked, head } = context;
    if session_over {
        return Err(Problem::session_over());
    }
    let head = match fresh.or(head) {
        Some(head) => head,
        None => request.read(app).await?,
    };
    if let Some(row) = bid {
        return request.repeat(app, &head, &row);
    }
    if request.is_admin && app.store.has_judged(request.auction, request.bidder).await? {
        return Err(staff::judge());
    }
    let blocked = match blocked {
        Some(blocked) => blocked,
        None => app.store.is_blocked(head.terms.seller, request.bidder).await?,
    };
    let standing = standing.at(blocked, request.arrival.now());
    request.submit(app, Asked { name, standing, long }, head).await
}

impl Request {
    pub fn new(auction: AuctionId, caller: &Caller, intent: Intent, arrived: Arrived) -> Self {
        Self {
            auction,
            bidder: caller.user,
            session: caller.session,
            intent,
            arrival: Arrival::new(arrived.at_gateway, arrived.now),
            is_admin: caller.has(Role::Admin),
        }
    }

    /// The name of the request. Keys have no spaces, so that one key on both routes is two names.
    fn name(&self, app: &App, key: &str) -> Result<BidName, Problem> {
        let key = match self.intent {
            Intent::Bid(_) => app.keys.key_hash(self.bidder, key)?,
            Intent::BuyNow(_) => app.keys.key_hash(self.bidder, &format!("buy-now {key}"))?,
        };
        Ok(BidName { auction: self.auction, bidder: self.bidder, key })
    }

    fn refuse_early(&self, head: &Head) -> Option<Rejection> {
        match self.intent {
            Intent::Bid(offer) => {
                refuse_early(head, self.bidder, offer, self.arrival.received_at())
            }
            Intent::BuyNow(_) => None,
        }
    }

    async fn read(&self, app: &App) -> Result<Head, Problem> {
        let head = app.store.auction_head(self.auction, Read::Consistent).await?;
        head.ok_or_else(|| refusal::not_found(self.auction))
    }

    /// Decides on `head` and writes, again and again on the head that a lost race brings.
    async fn submit(&self, app: &App, asked: Asked, head: Head) -> Result<Reply, Problem> {
        let Asked { name, standing, long: mut searched } = asked;
        let bid = Bid {
            bidder: self.bidder,
            tag: app.keys.bidder_tag(self.auction, self.bidder)?,
            key: name.key,
            salt: Salt(app.entropy.random()),
            standing,
        };
        let heads = app.memory::<Heads>();
        let mut head = head;
        let mut certain = false;
        let mut wrote = false;
        let mut attempts = BID.attempts();
        while attempts.again() {
            if head.knows(name.key) {
                return self.known(app, name, &head).await;
            }
            if head.forgets() && !searched {
                if let Some(row) = app.store.bid_recorded(name).await? {
                    return self.repeat(app, &head, &row);
                }
                searched = true;
            }
            let decision = match self.decide(&head, &bid) {
                Ok(decision) => decision,
                Err(rejection) if certain => {
                    // An own write whose answer was lost may be what now stands in the way.
                    let own = if wrote { app.store.bid_recorded(name).await? } else { None };
                    return match own {
                        Some(row) => created(app, &head, &row.entry),
                        None => self.refuse(app, head, rejection).await,
                    };
                }
                Err(_) => {
                    // What was read may be a moment old, and what it refuses must not depend on
                    // that.
                    (head, certain) = (self.read(app).await?, true);
                    heads.put(&head, self.arrival.now());
                    continue;
                }
            };
            wrote = true;
            match self.write(app, &head, &decision).await? {
                Written::Done => {
                    heads.put(&decision.head, self.arrival.now());
                    return created(app, &decision.head, &decision.entry);
                }
                Written::Lost(Some(newer)) => (head, certain) = (*newer, true),
                Written::Lost(None) => return Err(refusal::not_found(self.auction)),
                Written::Unknown => (head, certain) = (self.read(app).await?, true),
            }
            heads.put(&head, self.arrival.now());
            retry::pause(app, &attempts).await;
        }
        Err(attempts.exhausted().into())
    }

    fn decide(&self, head: &Head, bid: &Bid) -> Result<Decision, Rejection> {
        let received_at = self.arrival.received_at();
        match self.intent {
            Intent::Bid(offer) => decide(head, bid, offer, received_at),
            Intent::BuyNow(price) => buy_now(head, bid, price, received_at),
        }
    }

    async fn write(&self, app: &App, head: &Head, decision: &Decision) -> Result<Written, Problem> {
        let received_at = self.arrival.received_at();
        match app.store.auction_advance(head.sequence, &decision.head, received_at).await {
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

    /// The answer to a refusal on the head as it stands.
    async fn refuse(&self, app: &App, head: Head, rejection: Rejection) -> Result<Reply, Problem> {
        let undecided = rejection == Rejection::Ended && self.arrival.is_undecided(&head);
        if rejection == Rejection::Ended && head.status == Status::Open {
            close_if_due(app, head, self.arrival.now()).await?;
        }
        Err(if undecided { refusal::not_decided() } else { refusal::bid(rejection) })
    }

    /// What is to be said of a bid that the head knows: it was accepted.
    async fn known(&self, app: &App, name: BidName, head: &Head) -> Result<Reply, Problem> {
        if let Some(row) = self.in_head(head, name.key) {
            return self.repeat(app, head, &row);
        }
        match app.store.bid_recorded(name).await? {
            Some(row) => self.repeat(app, head, &row),
            None => Err(refusal::in_progress()),
        }
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
            Intent::BuyNow(price) => {
                entry.kind == EntryKind::BuyNow && price.is_none_or(|price| price == entry.price)
            }
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

/// What was read for a bid.
struct Asked {
    name: BidName,
    standing: Standing,
    /// Whether the ledger was searched for the bid's name.
    long: bool,
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
