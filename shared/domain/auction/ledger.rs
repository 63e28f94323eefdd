//! The verifiable bid ledger: every accepted bid is an entry in a hash chain.
//!
//! `hash(n) = SHA-256(hash(n-1) ‖ canonical(n))`, and `hash(0)` is of the terms. Bidders appear
//! under
//! a tag, maximums as `SHA-256(salt ‖ maximum)` until the auction is over, when amounts and salts
//! are published and anyone can recompute the winner and the price.

use std::fmt;

use kernel::{AuctionId, BidId, Instant, UserId, Won};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::terms::Terms;

/// Spelled into every hash, so that a later format cannot be confused with this one.
pub const FORMAT: &str = "jangteo-ledger/1";

/// A SHA-256 value.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

/// A bidder's name within one auction: stable, and not traceable to the account.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BidderTag(pub [u8; 8]);

/// The truncated keyed hash of a bidder's idempotency key: what is made of it in public cannot be
/// worked out by others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyHash(pub [u8; 16]);

/// The beginning of a [`KeyHash`]: enough to tell the newest bids of one auction apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShortKey(pub [u8; 8]);

/// Blinds a maximum.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Salt(pub [u8; 16]);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Bid,
    BuyNow,
    /// An admin took the bid with this sequence back.
    Void {
        sequence: u32,
    },
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3, … without gaps.
    pub sequence: u32,
    pub epoch: u32,
    pub kind: EntryKind,
    pub bidder: UserId,
    pub tag: BidderTag,
    pub key: KeyHash,
    pub salt: Salt,
    pub amount: Won,
    /// The amount as it was sent: a raise's may be above the price, and then `amount` hides it.
    pub asked: Won,
    pub maximum: Won,
    pub received_at: Instant,
    /// The price after this entry.
    pub price: Won,
    /// Who leads after this entry.
    pub leader: Option<BidderTag>,
    /// The end after this entry.
    pub ends_at: Instant,
    pub hash: Hash,
}

/// What anyone may see of an entry, and all that its hash covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub sequence: u32,
    pub epoch: u32,
    pub kind: EntryKind,
    pub bid: BidId,
    pub tag: BidderTag,
    pub amount: Won,
    pub maximum_commitment: Hash,
    pub received_at: Instant,
    pub price: Won,
    pub leader: Option<BidderTag>,
    pub ends_at: Instant,
    pub hash: Hash,
}

impl Entry {
    /// Whether the bidder leads after this entry.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.leader == Some(self.tag)
    }

    #[must_use]
    pub fn bid_id(&self, auction: AuctionId) -> BidId {
        bid_id(auction, self.bidder, self.key)
    }

    /// The public side.
    #[must_use]
    pub fn line(&self, auction: AuctionId) -> Line {
        Line {
            sequence: self.sequence,
            epoch: self.epoch,
            kind: self.kind,
            bid: self.bid_id(auction),
            tag: self.tag,
            amount: self.amount,
            maximum_commitment: commitment(self.salt, self.maximum),
            received_at: self.received_at,
            price: self.price,
            leader: self.leader,
            ends_at: self.ends_at,
            hash: self.hash,
        }
    }

    /// With the hash that follows `previous`.
    #[must_use]
    pub fn sealed(mut self, auction: AuctionId, previous: Hash) -> Self {
        self.hash = self.line(auction).expected_hash(auction, previous);
        self
    }
}

impl Line {
    /// The hash this line must carry when `previous` is the one before it.
    #[must_use]
    pub fn expected_hash(&self, auction: AuctionId, previous: Hash) -> Hash {
        let leader = self.leader.map_or_else(String::new, |tag| tag.to_string());
        let canonical = format!(
            "{FORMAT}|{auction}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{leader}|{}",
            self.sequence,
            self.epoch,
            self.kind,
            self.bid,
            self.tag,
            self.amount,
            self.maximum_commitment,
            self.received_at,
            self.price,
            self.ends_at,
        );
        Hash::of(&[&previous.0, canonical.as_bytes()])
    }
}

/// The hash before the first entry: it fixes the terms, the reserve behind `reserve_salt`.
#[must_use]
pub fn genesis(terms: &Terms, reserve_salt: Salt) -> Hash {
    genesis_sealed(terms, commitment(reserve_salt, terms.reserve.unwrap_or(Won::ZERO)))
}

/// [`genesis`] for those who know the commitment to the reserve only; `terms.reserve` is not read.
#[must_use]
pub fn genesis_sealed(terms: &Terms, reserve: Hash) -> Hash {
    let optional = |won: Option<Won>| won.map_or_else(String::new, |won| won.to_string());
    let canonical = format!(
        "{FORMAT}|{}|{}|{}|{}|{reserve}|{}|{}|{}",
        terms.auction,
        terms.seller,
        terms.start_price,
        optional(terms.increment),
        optional(terms.buy_now),
        terms.starts_at,
        terms.scheduled_end,
    );
    // Said only of those that have none: what was promised before there was a choice stays.
    let fixed_end = if terms.soft_close { "" } else { "|fixed-end" };
    Hash::of(&[canonical.as_bytes(), fixed_end.as_bytes()])
}

/// `SHA-256(salt ‖ amount)`, the amount in decimal.
#[must_use]
pub fn commitment(salt: Salt, amount: Won) -> Hash {
    Hash::of(&[&salt.0, amount.to_string().as_bytes()])
}

/// The name of the bid that this bidder places on this auction under this idempotency key.
#[must_use]
pub fn bid_id(auction: AuctionId, bidder: UserId, key: KeyHash) -> BidId {
    let Hash(digest) = Hash::of(&[auction.uuid().as_bytes(), bidder.uuid().as_bytes(), &key.0]);
    let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
    BidId::from_uuid(uuid::Builder::from_custom_bytes(first).into_uuid())
}

impl KeyHash {
    #[must_use]
    pub const fn short(self) -> ShortKey {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        ShortKey([a, b, c, d, e, f, g, h])
    }
}

impl Salt {
    #[must_use]
    pub const fn of(random: Uuid) -> Self {
        Self(random.into_bytes())
    }
}

impl Hash {
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bid => f.write_str("bid"),
            Self::BuyNow => f.write_str("buy-now"),
            Self::Void { sequence } => write!(f, "void-{sequence}"),
        }
    }
}

macro_rules! hex_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; 2 * size_of::<Self>()];
                hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
                f.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = InvalidHex;
            fn from_str(text: &str) -> Result<Self, InvalidHex> {
                let mut bytes = [0; size_of::<Self>()];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| InvalidHex)?;
                Ok(Self(bytes))
            }
        }
    )*};
}
hex_text!(Hash, BidderTag, KeyHash, Salt);

/// A text that is not lower-case hex of the right length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the hex text of a hash")]
pub struct InvalidHex;
