//! What the context's tests share: an auction that was won, wallets, addresses, time.

mod disputes;
mod matched;
mod parcels;

use std::{ops::Deref, sync::Arc};

use domain::{
    auction::{BidderTag, Entry, EntryKind, Hash, Head, KeyHash, Lead, Salt, Status, Terms},
    identity::{Address, Role},
    ledger::{Account, Between, Movement, MovementKind},
    trade::Trade,
};
use events::{AuctionClosed, AuctionOutcome, Envelope, Winner};
use futures::future::join_all;
use kernel::{AddressId, AuctionId, Id, Instant, Span, TradeId, UserId, Won};
use serde_json::{Value, json};
use store::{
    Read, Transaction,
    auction::AuctionRow,
    identity::{AddressRow, address_creation},
    ledger::Balance,
    trade::trade_of_auction,
};
use testkit::{Reply, RequestBuilder, TestApp, User};
use uuid::Uuid;

pub use disputes::*;
pub use matched::*;
pub use parcels::*;

pub const PRICE: i64 = 100_000;
/// This context, and whoever carries what its outbox holds.
pub struct Market {
    app: TestApp,
    pub seller: User,
    pub buyer: User,
}

impl Deref for Market {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.app
    }
}

pub fn auction_id() -> AuctionId {
    Id::from_uuid(Uuid::from_u128(0xa))
}

pub fn trade_id() -> TradeId {
    trade_of_auction(auction_id(), 0)
}

pub fn offer_id(round: u8) -> TradeId {
    trade_of_auction(auction_id(), round)
}

pub fn user(n: u128) -> UserId {
    Id::from_uuid(Uuid::from_u128(0x1000 + n))
}

impl Market {
    pub async fn start() -> Self {
        let app = TestApp::start(&[crate::FUNCTIONS, operation::FUNCTIONS].concat()).await;
        let (seller, buyer) = (app.signed_in("seller"), app.signed_in("buyer"));
        Self { app, seller, buyer }
    }

    /// A won auction's trade at [`PRICE`]; the buyer has twice as much in the wallet.
    pub async fn won() -> Self {
        let market = Self::start().await;
        market.fund(market.buyer.id, 2 * PRICE).await;
        market.close(PRICE).await;
        market
    }

    /// [`Market::won`], paid.
    pub async fn paid() -> Self {
        let market = Self::won().await;
        market.pay().await.expect(200);
        market.run_until_idle().await;
        market
    }

    /// [`Market::paid`], shipped.
    pub async fn shipped() -> Self {
        let market = Self::paid().await;
        market.ship().await.expect(200);
        market.run_until_idle().await;
        market
    }

    /// The auction's end, told.
    pub async fn close(&self, price: i64) {
        self.publish(&self.closed(price)).await;
        self.run_until_idle().await;
    }

    pub fn closed(&self, price: i64) -> Envelope {
        let closed = AuctionClosed {
            auction_id: auction_id(),
            seller_id: self.seller.id,
            title: "카메라".to_owned(),
            outcome: AuctionOutcome::Won,
            winner: Some(Winner {
                user_id: self.buyer.id,
                bid_id: Id::from_uuid(Uuid::from_u128(0xb)),
                price: Won::constant(price),
            }),
            closed_at: self.now(),
        };
        Envelope::new(Uuid::from_u128(0xc), self.now(), &closed)
    }

    /// Puts money into a wallet.
    pub async fn fund(&self, to: UserId, amount: i64) {
        let reason = format!("test-top-up#{}", self.app.app.entropy.uuid(self.now()));
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(to) };
        let amount = Won::constant(amount);
        let movement = Movement::transfer(reason, MovementKind::TopUp, amount, accounts).unwrap();
        assert!(self.store().move_money(&movement, self.now()).await.unwrap());
    }

    pub async fn balance(&self, of: UserId) -> Balance {
        self.store().balance(of, Read::Consistent).await.unwrap()
    }

    /// Available, owed penalty.
    pub async fn purse(&self, of: UserId) -> (i64, i64) {
        let balance = self.balance(of).await;
        (balance.available().get(), balance.penalty)
    }

    pub async fn escrow(&self, trade: TradeId) -> i64 {
        self.store().escrow(trade).await.unwrap().get()
    }

    pub async fn trade(&self, trade: TradeId) -> Trade {
        self.store().trade(trade).await.unwrap().unwrap()
    }

    pub async fn state(&self, trade: TradeId) -> &'static str {
        self.trade(trade).await.state.as_str()
    }

    pub async fn reason(&self, trade: TradeId) -> &'static str {
        self.trade(trade).await.cancellation.unwrap().reason.as_str()
    }

    /// A new entry of a user's address book.
    pub async fn address(&self, of: UserId) -> AddressId {
        let id = Id::from_uuid(self.app.app.entropy.uuid(self.now()));
        let row = AddressRow { id, address: home(), created_at: self.now() };
        self.store().commit(address_creation(of, &row)).await.unwrap();
        id
    }

    /// A token that is fresh however far the clock was turned.
    pub fn token_of(&self, who: &User) -> String {
        self.token(who.id, &[Role::User])
    }

    pub fn fresh_key(&self) -> String {
        self.app.app.entropy.uuid(self.now()).to_string()
    }

    /// `POST /v1/trades/{trade}/{verb}` under a fresh key.
    pub fn ask(&self, trade: TradeId, verb: &str, who: &User) -> RequestBuilder {
        let request = self.post(&format!("/v1/trades/{trade}/{verb}"));
        request.bearer(&self.token_of(who)).key(&self.fresh_key())
    }

    pub async fn pay(&self) -> Reply {
        self.pay_as(trade_id(), &self.buyer).await
    }

    pub async fn pay_as(&self, trade: TradeId, who: &User) -> Reply {
        let address = self.address(who.id).await;
        self.ask(trade, "pay", who).json(json!({ "addressId": address })).send().await
    }

    pub async fn ship(&self) -> Reply {
        self.ask(trade_id(), "ship", &self.seller).json(shipment()).send().await
    }

    pub async fn confirm(&self) -> Reply {
        self.ask(trade_id(), "confirm", &self.buyer).send().await
    }

    pub async fn cancel(&self, who: &User) -> Reply {
        self.ask(trade_id(), "cancel", who).json(json!({ "reason": "변심" })).send().await
    }

    /// Turns the clock and lets one sweep and all that follows happen.
    pub async fn wait(&self, span: Span) {
        self.clock.advance(span);
        self.sweep().await;
    }

    pub async fn sweep(&self) {
        self.invoke("trade-sweep-due-trades", json!({})).await.unwrap();
        self.run_until_idle().await;
    }

    /// The auction with these bids by [`user`]s and the buyer, in order, the buyer leading.
    pub async fn ledger(&self, bids: &[(UserId, i64)], reserve: Option<i64>) {
        let terms = Terms {
            auction: auction_id(),
            seller: self.seller.id,
            start_price: Won::constant(1_000),
            increment: None,
            reserve: reserve.map(Won::constant),
            buy_now: None,
            starts_at: self.now(),
            scheduled_end: self.now(),
            soft_close: true,
        };
        let row = AuctionRow {
            auction: auction_id(),
            seller: self.seller.id,
            title: "카메라".to_owned(),
            description: String::new(),
            created_at: self.now(),
            ends_at: self.now(),
            reserve_salt: String::new(),
            soon_told_at: None,
            closing: None,
        };
        let (tag, key) = (BidderTag([0; 8]), KeyHash([0; 16]));
        let lead = Lead { bidder: self.buyer.id, tag, key, maximum: Won::MAX, raises: 0 };
        let head = Head {
            sequence: u32::try_from(bids.len()).unwrap(),
            status: Status::Won,
            lead: Some(lead),
            price: Won::constant(PRICE),
            ..Head::new(terms, Hash([0; 32]))
        };
        let opening = Transaction::new().auction_opening(&row, &head).unwrap();
        self.store().commit(opening).await.unwrap();
        for (sequence, (bidder, maximum)) in (1..).zip(bids) {
            let entry = entry(sequence, *bidder, *maximum, self.now());
            self.store().ledger_record(auction_id(), &entry).await.unwrap();
        }
    }
}

fn entry(sequence: u32, bidder: UserId, maximum: i64, now: Instant) -> Entry {
    Entry {
        sequence,
        epoch: 0,
        kind: EntryKind::Bid,
        bidder,
        tag: BidderTag([0; 8]),
        key: KeyHash(u128::from(sequence).to_be_bytes()),
        salt: Salt([0; 16]),
        amount: Won::constant(maximum),
        asked: Won::constant(maximum),
        maximum: Won::constant(maximum),
        received_at: now,
        price: Won::constant(maximum),
        leader: None,
        ends_at: now,
        hash: Hash([0; 32]),
    }
}

fn home() -> Address {
    let phone = "010-1234-5678".parse().unwrap();
    Address::new("김민지", phone, "06236", "테헤란로 152", None).unwrap()
}

/// What the seller sends.
pub fn shipment() -> Value {
    parcel("688712345678")
}

/// What the centre sends.
pub fn forwarding() -> Value {
    parcel("688712345679")
}

pub fn parcel(number: &str) -> Value {
    json!({ "carrier": "kr.cjlogistics", "trackingNumber": number })
}

/// Somebody with the id [`user`]`(n)`.
pub fn person(market: &Market, n: u128) -> User {
    User { id: user(n), token: market.token(user(n), &[Role::User]) }
}

/// Runs `count` requests at once, each on a task of its own.
pub async fn at_once<F>(count: usize, request: impl Fn(usize) -> F) -> Vec<Reply>
where
    F: Future<Output = Reply> + Send + 'static,
{
    #[expect(clippy::disallowed_methods, reason = "a test waits for its tasks")]
    let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(request(number))).collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

pub fn shared(market: Market) -> Arc<Market> {
    Arc::new(market)
}

/// How many of the replies have this status.
pub fn count(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status() == status).count()
}
