//! The secrets of a stack: which there are, how each is written down, and which of its keys counts.
//!
//! A secret is one JSON document. A function declares which ones it works with; it reads those, and
//! no others, when it starts, under its own role. Values are in memory alone: the environment holds
//! names.

mod source;

use std::{collections::BTreeSet, fmt};

use kernel::{Instant, Span};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub(crate) use source::SecretSource;
pub use source::{SecretError, SecretsManager};

/// How old what a container knows of its secrets, and of the public keys, may be.
pub const LOOKED_AT_EVERY: Span = Span::minutes(30);
/// A key is published for this long before it is used: every container has looked again by then.
pub const PUBLISHED_BEFORE_USE: Span = Span::hours(1);
/// Of the documents.
const VERSION: u32 = 1;

/// One document in Secrets Manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secret {
    /// What tokens, receipts and statements are signed with.
    Signing,
    /// What cursors and CSRF tokens are made with, and names that must not be guessed.
    Sealing,
    /// How we sign in at Toss and KakaoPay, and what cards are sealed with.
    Payment,
    /// How we sign in where withdrawals are paid out, and what bank accounts are sealed with.
    Wallet,
    /// How we sign in where parcels are looked up, and what shows that a notice of one is theirs.
    Carrier,
}

impl Secret {
    pub const ALL: [Self; 5] =
        [Self::Signing, Self::Sealing, Self::Payment, Self::Wallet, Self::Carrier];

    /// After the stack's prefix; the name on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Sealing => "sealing",
            Self::Payment => "payment",
            Self::Wallet => "wallet",
            Self::Carrier => "carrier",
        }
    }

    /// The environment variable that holds the document's name.
    #[must_use]
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Signing => "SIGNING_SECRET_NAME",
            Self::Sealing => "SEALING_SECRET_NAME",
            Self::Payment => "PAYMENT_SECRET_NAME",
            Self::Wallet => "WALLET_SECRET_NAME",
            Self::Carrier => "CARRIER_SECRET_NAME",
        }
    }

    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|secret| secret.name() == name)
    }
}

/// 32 bytes, written as hex.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyBytes(pub [u8; 32]);

impl TryFrom<String> for KeyBytes {
    type Error = hex::FromHexError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes))
    }
}

impl From<KeyBytes> for String {
    fn from(key: KeyBytes) -> Self {
        hex::encode(key.0)
    }
}

/// The keys of one purpose, oldest first. The first is there from the beginning and has the id 0;
/// what was sealed before keys had ids was sealed with it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ring {
    /// Of the document around it. What a later version means is not to be guessed.
    #[serde(default = "Ring::version", skip_serializing_if = "Ring::is_usual")]
    version: u32,
    first: KeyBytes,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    added: Vec<AddedKey>,
}

/// A key that came by a rotation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct AddedKey {
    id: u32,
    /// Nothing is made with it before.
    since: Instant,
    key: KeyBytes,
}

/// One key of a ring.
#[derive(Clone, Copy)]
pub struct RingKey {
    pub id: u32,
    pub since: Instant,
    pub bytes: [u8; 32],
}

/// A rotation while the key of the one before is not in use yet.
#[derive(Debug, thiserror::Error)]
#[error("the newest key is not in use before {0}: rotate after that")]
pub struct StillPending(Instant);

impl Ring {
    #[must_use]
    pub const fn of(first: [u8; 32]) -> Self {
        Self { version: VERSION, first: KeyBytes(first), added: Vec::new() }
    }

    const fn version() -> u32 {
        VERSION
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn is_usual(version: &u32) -> bool {
        *version == VERSION
    }

    /// What is wrong with a ring that reads well, if anything.
    fn fault(&self) -> Option<&'static str> {
        if self.version != VERSION {
            return Some("it has a version that is not known here");
        }
        let keys: Vec<RingKey> = self.keys().collect();
        let ids: BTreeSet<u32> = keys.iter().map(|key| key.id).collect();
        if ids.len() != keys.len() {
            return Some("two of its keys have the same id");
        }
        let in_order = keys.is_sorted_by_key(|key| key.since);
        (!in_order).then_some("a key is used before the one that came before it")
    }

    /// All keys, oldest first; never none.
    pub fn keys(&self) -> impl Iterator<Item = RingKey> {
        let first = RingKey { id: 0, since: Instant::from_millis(0), bytes: self.first.0 };
        let added = self.added.iter().map(|added| {
            let AddedKey { id, since, key } = added;
            RingKey { id: *id, since: *since, bytes: key.0 }
        });
        std::iter::once(first).chain(added)
    }

    /// Adds a key that is used from `since` on. A key that waits for its time is not overtaken,
    /// unless the new one is used at once: then its time has come, too.
    pub fn rotate(
        &mut self,
        key: [u8; 32],
        since: Instant,
        now: Instant,
    ) -> Result<u32, StillPending> {
        if let Some(pending) = self.added.last_mut().filter(|last| last.since > now) {
            if since > now {
                return Err(StillPending(pending.since));
            }
            pending.since = since;
        }
        let id = self.added.last().map_or(1, |last| last.id.saturating_add(1));
        self.added.push(AddedKey { id, since, key: KeyBytes(key) });
        Ok(id)
    }
}

/// Payment's document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentSecret {
    pub toss_secret_key: String,
    pub kakaopay_secret_key: String,
    /// What the billing keys of cards are sealed with.
    #[serde(flatten)]
    pub cards: Ring,
}

/// The wallet's document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WalletSecret {
    pub toss_payout_secret_key: String,
    /// 64 hex digits: the other key of the same shop.
    pub toss_payout_security_key: String,
    /// What account numbers are sealed with.
    #[serde(flatten)]
    pub accounts: Ring,
}

/// The carriers' document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CarrierSecret {
    pub tracker_client_id: String,
    pub tracker_client_secret: String,
    /// What the addresses for notices are made with.
    #[serde(flatten)]
    pub callbacks: Ring,
}

/// What one container knows: the secrets that its function declares, on a laptop all of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets {
    pub signing: Option<Ring>,
    pub sealing: Option<Ring>,
    pub payment: Option<PaymentSecret>,
    pub wallet: Option<WalletSecret>,
    pub carrier: Option<CarrierSecret>,
}

/// A document is not what the code expects. Says where or why, never what it holds.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("the secret {name} is malformed at line {line}, column {column}")]
    Text { name: &'static str, line: usize, column: usize },
    #[error("the secret {name} is malformed: {fault}")]
    Keys { name: &'static str, fault: &'static str },
}

impl Secrets {
    /// For a laptop and for tests. They are public: nothing real may use them.
    #[must_use]
    pub fn local() -> Self {
        Self {
            signing: Some(Ring::of([0x6a; 32])),
            sealing: Some(Ring::of([0x5e; 32])),
            payment: Some(PaymentSecret {
                toss_secret_key: "test_sk_local".to_owned(),
                kakaopay_secret_key: "DEVlocal".to_owned(),
                cards: Ring::of([0x5e; 32]),
            }),
            wallet: Some(WalletSecret {
                toss_payout_secret_key: "test_sk_payouts".to_owned(),
                toss_payout_security_key: "6b".repeat(32),
                accounts: Ring::of([0x5e; 32]),
            }),
            carrier: Some(CarrierSecret {
                tracker_client_id: "local-id".to_owned(),
                tracker_client_secret: "local-secret".to_owned(),
                callbacks: Ring::of([0xca; 32]),
            }),
        }
    }

    /// Takes in the text of one document.
    pub fn read(&mut self, secret: Secret, text: &str) -> Result<(), Malformed> {
        match secret {
            Secret::Signing => self.signing = Some(document(secret, text)?),
            Secret::Sealing => self.sealing = Some(document(secret, text)?),
            Secret::Payment => self.payment = Some(document(secret, text)?),
            Secret::Wallet => self.wallet = Some(document(secret, text)?),
            Secret::Carrier => self.carrier = Some(document(secret, text)?),
        }
        match self.ring(secret).and_then(Ring::fault) {
            Some(fault) => Err(Malformed::Keys { name: secret.name(), fault }),
            None => Ok(()),
        }
    }

    /// The text of one document, if it is known.
    pub fn text(&self, secret: Secret) -> Result<Option<String>, serde_json::Error> {
        match secret {
            Secret::Signing => self.signing.as_ref().map(serde_json::to_string),
            Secret::Sealing => self.sealing.as_ref().map(serde_json::to_string),
            Secret::Payment => self.payment.as_ref().map(serde_json::to_string),
            Secret::Wallet => self.wallet.as_ref().map(serde_json::to_string),
            Secret::Carrier => self.carrier.as_ref().map(serde_json::to_string),
        }
        .transpose()
    }

    /// The keys that a document holds.
    #[must_use]
    pub fn ring(&self, secret: Secret) -> Option<&Ring> {
        match secret {
            Secret::Signing => self.signing.as_ref(),
            Secret::Sealing => self.sealing.as_ref(),
            Secret::Payment => self.payment.as_ref().map(|payment| &payment.cards),
            Secret::Wallet => self.wallet.as_ref().map(|wallet| &wallet.accounts),
            Secret::Carrier => self.carrier.as_ref().map(|carrier| &carrier.callbacks),
        }
    }

    #[must_use]
    pub fn ring_mut(&mut self, secret: Secret) -> Option<&mut Ring> {
        match secret {
            Secret::Signing => self.signing.as_mut(),
            Secret::Sealing => self.sealing.as_mut(),
            Secret::Payment => self.payment.as_mut().map(|payment| &mut payment.cards),
            Secret::Wallet => self.wallet.as_mut().map(|wallet| &mut wallet.accounts),
            Secret::Carrier => self.carrier.as_mut().map(|carrier| &mut carrier.callbacks),
        }
    }
}

fn document<D: DeserializeOwned>(secret: Secret, text: &str) -> Result<D, Malformed> {
    serde_json::from_str(text).map_err(|error| Malformed::Text {
        name: secret.name(),
        line: error.line(),
        column: error.column(),
    })
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Secret::ALL.into_iter().filter(|secret| self.ring(*secret).is_some());
        f.debug_set().entries(known.map(Secret::name)).finish()
    }
}

#[cfg(test)]
mod tests;
