//! One row of a user's notification centre.

use kernel::{Instant, NotificationId, UserId};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::Kind;

/// What a user reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub kind: Kind,
    pub title: String,
    pub body: String,
    /// Where it leads, as a path of the storefront.
    pub link: String,
}

/// The id of the row that tells `user` about `event`: the same at every redelivery, and in the
/// order in which things happened.
#[must_use]
pub fn notice_id(event: Uuid, occurred_at: Instant, user: UserId, kind: Kind) -> NotificationId {
    let digest = Sha256::new()
        .chain_update(event.as_bytes())
        .chain_update(user.uuid().as_bytes())
        .chain_update(kind.as_str())
        .finalize();
    let mut random = [0; 10];
    for (to, from) in random.iter_mut().zip(digest) {
        *to = from;
    }
    let millis = occurred_at.millis().unsigned_abs();
    let uuid = Builder::from_unix_timestamp_millis(millis, &random).into_uuid();
    NotificationId::from_uuid(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_event_user_and_kind_in_order_of_time() {
        let event = Uuid::from_u128(7);
        let user = UserId::from_uuid(Uuid::from_u128(1));
        let at = Instant::from_millis(1_795_000_000_000);
        let id = notice_id(event, at, user, Kind::Won);
        assert_eq!(id, notice_id(event, at, user, Kind::Won));
        assert_ne!(id, notice_id(event, at, user, Kind::Lost));
        assert_ne!(id, notice_id(event, at, UserId::from_uuid(Uuid::from_u128(2)), Kind::Won));
        assert_ne!(id, notice_id(Uuid::from_u128(8), at, user, Kind::Won));
        let later = notice_id(event, Instant::from_millis(1_795_000_000_001), user, Kind::Won);
        assert!(id.to_string() < later.to_string());
    }
}
