//! Format 6 to 7: payments that wait for their payer are found when their time is over.

use anyhow::Context as _;
use aws_sdk_dynamodb::types::AttributeValue;
use local::Cloud;
use store::{Item, Key, Table, keys, payment};

use super::step::{Work, rewrite};

pub(super) fn found(cloud: &Cloud) -> Work<'_> {
    Box::pin(rewrite(cloud, Table::Payment, with_end))
}

/// A payment that is open with the keys that the resolver finds it by; any other row as it is.
fn with_end(key: &Key, mut item: Item) -> anyhow::Result<Item> {
    if !key.pk.starts_with(keys::PAYMENT_PREFIX) || item.contains_key("gsi2pk") {
        return Ok(item);
    }
    let payment = payment::read(&item).context("a payment")?;
    if let Some(due) = payment.due_at() {
        let (shard, order) = keys::payment_unresolved(payment.id, due);
        item.insert("gsi2pk".to_owned(), AttributeValue::S(shard));
        item.insert("gsi2sk".to_owned(), AttributeValue::S(order));
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use domain::payment::{Decline, Payment, Provider, Purpose};
    use kernel::{Id, Instant, Won};
    use store::{Store, Transaction, Write};
    use uuid::Uuid;

    use super::{
        super::{
            step::{rows, store},
            tests::{Folder, open, user},
        },
        *,
    };

    fn begun(number: u128) -> Payment {
        let id = Id::from_uuid(Uuid::from_u128(number));
        let at = Instant::from_millis(1_000);
        Payment::new(id, user(), Purpose::TopUp, Won::constant(1_000), Provider::Toss, at)
    }

    async fn due(store: &Store) -> usize {
        let late = Instant::from_millis(1_000) + Provider::Toss.confirm_within();
        let mut due = 0;
        for shard in keys::unresolved_shards() {
            due += store.payments_unresolved(&shard, late, None).await.unwrap().items.len();
        }
        due
    }

    #[tokio::test]
    async fn payments_that_were_left_are_found() {
        let folder = Folder::new("overdue");
        let cloud = open(&folder.0);
        let store = store(&cloud);
        for payment in [begun(1), begun(2).failed(Decline::Expired)] {
            store.commit(Transaction::new().payment_opening(&payment)).await.unwrap();
        }
        let now = rows(&cloud, Table::Payment).await.unwrap();
        for mut item in now.clone() {
            item.remove("gsi2pk");
            item.remove("gsi2sk");
            store.write(Write::put(Table::Payment, item)).await.unwrap();
        }
        assert_eq!(due(&store).await, 0);
        for _ in 0..2 {
            found(&cloud).await.unwrap();
            assert_eq!(due(&store).await, 1);
            assert_eq!(rows(&cloud, Table::Payment).await.unwrap(), now);
        }
    }
}
