//! Who comes to the market, and what they bring.

use domain::{
    identity::{Account, Role},
    ledger::{self, Movement, MovementKind, Split},
};
use events::{Envelope, UserSignedUp};
use kernel::{Id, Span, UserId, Won};
use platform::Entropy as _;
use serde_json::{Value, json};
use store::identity::Session;

use crate::{
    client::{Call, Reply},
    person::Person,
    prng::Prng,
    world::World,
};

pub const USER: &[Role] = &[Role::User];
pub const ADMIN: &[Role] = &[Role::User, Role::Admin];
pub const INSPECTOR: &[Role] = &[Role::User, Role::Inspector];
/// How the reason of the entry begins that gives somebody the money they come with.
pub const PURSE: &str = "test-top-up#";
/// The payment password of every card.
const PASSWORD: &str = "271828";

/// What is traded on the exchange: items with their options.
#[derive(Clone, Debug)]
pub struct Catalogue {
    pub items: Vec<String>,
    /// One more, for crowds.
    pub crowded: String,
    /// One more, for those who plot.
    pub plotted: String,
}

impl World {
    /// A POST under a fresh key of the person's.
    pub fn post(&self, by: &Person, path: &str, body: Value, prng: &Prng) -> Call {
        Call {
            who: by.id,
            roles: by.roles,
            session: by.session,
            method: "POST",
            path: path.to_owned(),
            key: Some(format!("{:016x}", prng.draw())),
            body: Some(body),
        }
    }

    pub fn get(by: &Person, path: &str) -> Call {
        Call {
            who: by.id,
            roles: by.roles,
            session: by.session,
            method: "GET",
            path: path.to_owned(),
            key: None,
            body: None,
        }
    }

    /// Opens an account as signing up would, without its password and its limits.
    pub async fn join(&self, number: usize, roles: &'static [Role]) -> Person {
        let now = self.now();
        let id = UserId::from_uuid(self.prng.uuid(now));
        let account = Account {
            id,
            email: Some(format!("person{number}@example.com").parse().unwrap()),
            phone: Some(format!("0101111{number:04}").parse().unwrap()),
            nickname: format!("person{number}").parse().unwrap(),
            roles: roles.to_vec(),
            password_hash: None,
            created_at: now,
            version: 1,
            epoch: 1,
        };
        let session = Session {
            id: Id::from_uuid(self.prng.uuid(now)),
            user: id,
            token_hash: format!("{number:064x}"),
            epoch: 1,
            created_at: now,
            expires: now + Span::days(30),
        };
        let event = UserSignedUp { user_id: id, nickname: account.nickname.to_string() };
        let event = Envelope::new(self.prng.uuid(now), now, &event);
        self.app().store.user_create(&account, &session, &event).await.unwrap();
        Person { id, roles, session: None, address: Value::Null, card: None }
    }

    /// The answer of a request that must succeed, before anything goes wrong on purpose.
    pub async fn must(&self, call: Call) -> Value {
        let mut reply = self.send(&call).await;
        // Planned crashes come here as well.
        if matches!(reply, Reply::Lost) {
            reply = self.send(&call).await;
        }
        match reply {
            Reply::Answer(200..=299, body) => body,
            other => panic!("{call:?}: {other:?}"),
        }
    }

    /// An account with an address, a bank account, money, and a card if `auth_key` says so.
    pub async fn equip(&self, person: &mut Person, purse: i64, auth_key: Option<&str>) {
        let prng = &self.prng;
        let address = json!({
            "recipient": "김민지", "phone": "01022223333", "postcode": "06236",
            "line1": "서울 강남구 테헤란로 152",
        });
        let made = self.must(self.post(person, "/v1/me/addresses", address, prng)).await;
        person.address = made["id"].clone();
        let account =
            json!({ "bankCode": "088", "accountNumber": "110-234-567890", "holder": "소라" });
        self.must(self.post(person, "/v1/me/payout-account", account, prng)).await;
        if purse > 0 {
            let reason = format!("{PURSE}{}", person.id);
            // A part of it from sales of long ago: what sales bring here leaves after the end.
            let earned = Won::new(purse / 4).unwrap();
            let money = Split::of(Won::new(purse).unwrap(), earned);
            let from = ledger::Posting { account: ledger::Account::Provider, amount: -purse };
            let postings = money.into(person.id).chain([from]).collect();
            let money = Movement::new(reason, MovementKind::TopUp, postings).unwrap();
            assert!(self.app().store.move_money(&money, self.now()).await.unwrap());
        }
        if let Some(auth_key) = auth_key {
            let body = json!({ "authKey": auth_key, "password": PASSWORD });
            let made = self.must(self.post(person, "/v1/me/payment-methods", body, prng)).await;
            person.card = Some(json!({
                "from": "card", "paymentMethodId": made["id"], "password": PASSWORD,
            }));
        }
    }

    /// Puts items on the exchange, and two more.
    pub async fn stock(&self, admin: &Person, items: usize) -> Catalogue {
        let mut made_items = Vec::new();
        for number in 0..items + 2 {
            let body = json!({
                "nameKo": format!("운동화 {number}"), "nameEn": format!("Shoe {number}"),
                "model": format!("MODEL-{number}"),
            });
            let made = self.must(self.post(admin, "/v1/catalog", body, &self.prng)).await;
            let item = made["id"].as_str().unwrap().to_owned();
            let path = format!("/v1/catalog/{item}/options");
            self.must(self.post(admin, &path, json!({ "option": "270" }), &self.prng)).await;
            made_items.push(item);
        }
        let plotted = made_items.pop().unwrap();
        let crowded = made_items.pop().unwrap();
        Catalogue { items: made_items, crowded, plotted }
    }
}
