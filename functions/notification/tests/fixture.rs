//! What the tests share: a marketplace of this context and the outbox, people, bids.

use std::ops::Deref;

use domain::{
    auction::{BidderTag, Entry, EntryKind, Hash, KeyHash, ledger::Salt},
    identity::Account,
    notification::Message,
};
use events::{Envelope, Event};
use kernel::{AuctionId, Instant, SessionId, UserId, Won};
use platform::{Config, Function};
use store::{identity::Session, notification::Notification};
use testkit::TestApp;
use uuid::Uuid;

pub struct World(TestApp);

pub fn start_time() -> Instant {
    "2026-11-21T00:00:00.000Z".parse().unwrap()
}

pub fn auction_id() -> AuctionId {
    AuctionId::from_uuid(Uuid::from_u128(0xa))
}

pub fn user_id(n: u32) -> UserId {
    UserId::from_uuid(Uuid::from_u128(0x1000 + u128::from(n)))
}

pub fn phone(n: u32) -> String {
    format!("010{n:08}")
}

impl Deref for World {
    type Target = TestApp;
    fn deref(&self) -> &TestApp {
        &self.0
    }
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    pub async fn start_with(configure: impl FnOnce(&mut Config)) -> Self {
        let functions = [crate::FUNCTIONS, operation::FUNCTIONS].concat();
        Self(TestApp::start_with(&functions, configure).await)
    }

    /// Nothing leaves the outbox any more …
    pub fn hold_outbox(&self) {
        self.cloud.pause("operation-relay-outbox");
        self.cloud.pause("operation-sweep-outbox");
    }

    /// … until now.
    pub fn release_outbox(&self) {
        self.cloud.resume("operation-relay-outbox");
        self.cloud.resume("operation-sweep-outbox");
    }

    /// Puts an event on the bus under the id `n`, without delivering it.
    pub async fn tell_all<E: Event>(&self, n: u32, event: &E) {
        self.publish(&Envelope::new(Uuid::from_u128(n.into()), self.now(), event)).await;
    }

    /// User `n`, whose sign-up nobody was told of.
    pub async fn user(&self, n: u32, phone: Option<&str>, email: Option<&str>) -> UserId {
        let (id, now) = (user_id(n), self.now());
        let account = Account {
            id,
            email: email.map(|email| email.parse().unwrap()),
            phone: phone.map(|phone| phone.parse().unwrap()),
            nickname: format!("사람{n}").parse().unwrap(),
            roles: Vec::new(),
            password_hash: None,
            created_at: now,
            version: 1,
            epoch: 0,
        };
        let session = Session {
            id: SessionId::from_uuid(Uuid::from_u128(u128::from(n) + 1)),
            user: id,
            token_hash: String::new(),
            epoch: 0,
            created_at: now,
            expires: now,
        };
        let created = events::AuctionCreated { auction_id: auction_id(), ends_at: now };
        let untold = Envelope::new(id.uuid(), now, &created);
        self.store().user_create(&account, &session, &untold).await.unwrap();
        id
    }

    /// Entry `sequence` of the auction's ledger: a bid of `bidder`.
    pub async fn bid(&self, sequence: u32, bidder: UserId) {
        let entry = Entry {
            sequence,
            epoch: 0,
            kind: EntryKind::Bid,
            bidder,
            tag: BidderTag([0; 8]),
            key: KeyHash(u128::from(sequence).to_be_bytes()),
            salt: Salt([0; 16]),
            amount: Won::constant(1_000),
            asked: Won::constant(1_000),
            maximum: Won::constant(1_000),
            received_at: self.now(),
            price: Won::constant(1_000),
            leader: None,
            ends_at: self.now(),
            hash: Hash([0; 32]),
        };
        self.store().ledger_record(auction_id(), &entry).await.unwrap();
    }

    /// What `user` was told, oldest first.
    pub async fn told(&self, user: UserId) -> Vec<Notification> {
        let mut rows = self.store().notifications(user, 100, None).await.unwrap().items;
        rows.reverse();
        rows
    }

    /// The kinds of what `user` was told, oldest first.
    pub async fn kinds(&self, user: UserId) -> Vec<&'static str> {
        self.told(user).await.iter().map(|row| row.notice.kind.as_str()).collect()
    }

    pub async fn message(&self, name: &str) -> Option<Message> {
        self.store().message(name, self.now()).await.unwrap()
    }

    /// How many messages the dead-letter queue of `consumer` holds.
    pub fn dead(&self, consumer: &Function) -> usize {
        self.cloud.queue_bodies(&format!("{}-dlq", consumer.id())).len()
    }
}
