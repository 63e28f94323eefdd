//! Format 2 to 3: a strike was an instant in a set of numbers, in which two of the same millisecond
//! were one. It is a text now that can name its trade; of those that stand nobody knows theirs.

use aws_sdk_dynamodb::types::AttributeValue;
use local::Cloud;
use store::Table;

use super::step::{Work, rewrite};

const KINDS: [&str; 3] = ["strikes", "sellerStrikes", "cardStrikes"];

pub(super) fn named(cloud: &Cloud) -> Work<'_> {
    Box::pin(rewrite(cloud, Table::Auction, |_, mut item| {
        for kind in KINDS {
            if let Some(AttributeValue::Ns(millis)) = item.get(kind).cloned() {
                item.insert(kind.to_owned(), AttributeValue::Ss(millis));
            }
        }
        Ok(item)
    }))
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Instant};
    use store::{
        Write,
        auction::{Strike, StrikeKind},
        keys,
    };

    use super::{
        super::{
            step::store,
            tests::{Folder, open, user},
        },
        *,
    };

    #[tokio::test]
    async fn strikes_stay_what_they_were() {
        let folder = Folder::new("strikes");
        let cloud = open(&folder.0);
        let store = store(&cloud);
        let row = Write::update(Table::Auction, keys::standing(user()));
        let millis = AttributeValue::Ns(vec!["10".to_owned(), "20".to_owned()]);
        store.write(row.add_value("sellerStrikes", millis)).await.unwrap();
        assert!(store.standing(user()).await.is_err(), "no row of this format");
        for _ in 0..2 {
            named(&cloud).await.unwrap();
            let standing = store.standing(user()).await.unwrap();
            let now = Instant::from_millis(20);
            assert_eq!(standing.seller_strikes(now), 2);
            assert_eq!((standing.unpaid_strikes(now), standing.card_strikes(now)), (0, 0));
        }
        for trade in [1, 2, 2] {
            let trade = Id::from_uuid(uuid::Uuid::from_u128(trade));
            let strike = Strike { kind: StrikeKind::Seller, trade, at: Instant::from_millis(20) };
            store.strike(user(), strike).await.unwrap();
        }
        let standing = store.standing(user()).await.unwrap();
        assert_eq!(standing.seller_strikes(Instant::from_millis(20)), 4);
    }
}
