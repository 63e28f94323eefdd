//! Typed ids. A user id cannot be handed over where an auction id is due.

use std::{fmt, hash::Hash, marker::PhantomData, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

/// A UUID of something called `T`; UUIDv7 unless it is derived from an idempotency key.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// A text that is not a UUID in its hyphenated form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id must be a UUID")]
pub struct InvalidId;

impl<T> Id<T> {
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}
impl<T> FromStr for Id<T> {
    type Err = InvalidId;
    /// Accepts the form that [`fmt::Display`] writes, in any case (`api.md`): what comes in is
    /// written out and kept in one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
        let mut buffer = Uuid::encode_buffer();
        if uuid.hyphenated().encode_lower(&mut buffer).eq_ignore_ascii_case(text) {
            Ok(Self::from_uuid(uuid))
        } else {
            Err(InvalidId)
        }
    }
}
impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// The UUID that a hash stands for (version 8, its first 16 bytes): whoever derives it again
/// derives the same one.
#[must_use]
pub fn uuid_of(digest: [u8; 32]) -> Uuid {
    let [id @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
    uuid::Builder::from_custom_bytes(id).into_uuid()
}

/// Marker of [`UserId`].
pub enum User {}
/// Marker of [`AuctionId`].
pub enum Auction {}
/// Marker of [`BidId`].
pub enum Bid {}
/// Marker of [`SessionId`].
pub enum Session {}
/// Marker of [`NotificationId`].
pub enum Notification {}

/// Marker of [`TradeId`].
pub enum Trade {}
/// Marker of [`PaymentId`].
pub enum Payment {}
/// Marker of [`WithdrawalId`].
pub enum Withdrawal {}
/// Marker of [`AddressId`].
pub enum Address {}

/// Marker of [`CatalogItemId`].
pub enum CatalogItem {}
/// Marker of [`OrderId`].
pub enum Order {}
/// Marker of [`PaymentMethodId`].
pub enum PaymentMethod {}

/// A product that the exchange trades, like one model of a shoe.
pub type CatalogItemId = Id<CatalogItem>;
/// An ask or a bid on the exchange. Derived from user and idempotency key, so a repeated request
/// names the same order.
pub type OrderId = Id<Order>;
/// A card that is charged without its owner.
pub type PaymentMethodId = Id<PaymentMethod>;
/// A sale on its way from payment to settlement.
pub type TradeId = Id<Trade>;
/// One attempt to take money through a provider.
pub type PaymentId = Id<Payment>;
pub type WithdrawalId = Id<Withdrawal>;
/// An entry of a user's address book.
pub type AddressId = Id<Address>;

/// A person's account.
pub type UserId = Id<User>;
pub type AuctionId = Id<Auction>;
/// Derived from auction, bidder and idempotency key, so a repeated request names the same bid.
pub type BidId = Id<Bid>;
/// A family of refresh tokens: one log-in on one device.
pub type SessionId = Id<Session>;
pub type NotificationId = Id<Notification>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_one_spelling() {
        let text = "01938f3c-7e2a-7000-8000-000000000001";
        assert_eq!(text.parse::<UserId>().unwrap().to_string(), text);
        // F27: in capitals it is the same id.
        assert_eq!(text.to_uppercase().parse::<UserId>().unwrap().to_string(), text);
        for bad in
            ["", "1", "01938f3c7e2a70008000000000000001", "{01938f3c-7e2a-7000-8000-000000000001}"]
        {
            assert_eq!(bad.parse::<UserId>(), Err(InvalidId), "{bad}");
        }
    }
}
