//! Format 5 to 6: trades, withdrawals and payments are listed by their state.

use anyhow::Context as _;
use aws_sdk_dynamodb::types::AttributeValue;
use local::Cloud;
use store::{Item, ItemReader, Key, Table, keys};

use super::step::{Work, rewrite};

pub(super) fn listed(cloud: &Cloud) -> Work<'_> {
    Box::pin(work(cloud))
}

async fn work(cloud: &Cloud) -> anyhow::Result<()> {
    for table in [Table::Trade, Table::Wallet, Table::Payment] {
        rewrite(cloud, table, |key, item| with_list(table, key, item)).await?;
    }
    Ok(())
}

/// The row with the keys of its list; any other row as it is.
fn with_list(table: Table, key: &Key, mut item: Item) -> anyhow::Result<Item> {
    let row = ItemReader(&item);
    let (index, (list, at)) = match table {
        Table::Trade if key.pk.starts_with(keys::TRADE_PREFIX) => {
            let id = row.text("id")?.parse().context("the id of a trade")?;
            (5, keys::trade_listed(id, row.text("state")?, row.instant("since")?))
        }
        Table::Wallet if key.sk.starts_with(keys::WITHDRAWAL_PREFIX) => {
            let asked = row.instant("requestedAt")?;
            (2, keys::withdrawal_listed(row.id("id")?, row.text("state")?, asked))
        }
        Table::Payment if key.pk.starts_with(keys::PAYMENT_PREFIX) => {
            let begun = row.instant("createdAt")?;
            (3, keys::payment_listed(row.id("id")?, row.text("status")?, begun))
        }
        _ => return Ok(item),
    };
    item.insert(format!("gsi{index}pk"), AttributeValue::S(list));
    item.insert(format!("gsi{index}sk"), AttributeValue::S(at));
    Ok(item)
}

#[cfg(test)]
mod tests {
    use domain::{
        ledger::{Account, Between, Movement, MovementKind, Split},
        payment::{Payment, Provider, Purpose, Status},
        trade::{Agreement, Source, State, Trade, Variant},
        withdrawal::{self, Withdrawal},
    };
    use kernel::{Id, Instant, Won};
    use store::{
        PageOf, Store, Transaction, Write,
        wallet::{PayoutAccount, WithdrawalRow},
    };
    use uuid::Uuid;

    use super::{
        super::{
            step::{rows, store},
            tests::{Folder, open, user},
        },
        *,
    };

    const FIRST: PageOf = PageOf { newest_first: true, limit: 10, after: None };

    fn at() -> Instant {
        Instant::from_millis(1_000)
    }

    async fn one_of_each(store: &Store) {
        let agreement = Agreement {
            source: Source::Listing,
            variant: Variant::Direct,
            seller: user(),
            buyer: Id::from_uuid(Uuid::from_u128(2)),
            title: "물건".to_owned(),
            price: Won::constant(1_000),
        };
        let trade = Trade::open(Id::from_uuid(Uuid::from_u128(3)), agreement, at());
        assert!(store.trade_open(&trade).await.unwrap());
        let payment = Payment::new(
            Id::from_uuid(Uuid::from_u128(4)),
            user(),
            Purpose::TopUp,
            Won::constant(1_000),
            Provider::Toss,
            at(),
        );
        store.commit(Transaction::new().payment_opening(&payment)).await.unwrap();
        let amount = Won::constant(1_000);
        let accounts = Between { from: Account::Provider, to: Account::Earned(user()) };
        let kind = MovementKind::TopUp;
        let earned = Movement::transfer("top-up#1".to_owned(), kind, amount, accounts).unwrap();
        assert!(store.move_money(&earned, at()).await.unwrap());
        let account = PayoutAccount {
            bank_code: "088".to_owned(),
            masked_number: "********7890".to_owned(),
            sealed_number: "sealed".to_owned(),
            holder: "소라".to_owned(),
            changed_at: at(),
        };
        let id = Id::from_uuid(Uuid::from_u128(5));
        let row =
            WithdrawalRow { withdrawal: Withdrawal::request(id, user(), amount, at()), account };
        let transaction = Transaction::new().withdrawal(&row, Split::ZERO, at()).unwrap();
        store.commit(transaction).await.unwrap();
    }

    /// How many of each are listed.
    async fn found(store: &Store) -> [usize; 3] {
        let trades = store.trades_listed(State::AwaitingPayment, FIRST).await.unwrap();
        let asked = store.withdrawals_listed(withdrawal::State::Requested, FIRST).await.unwrap();
        let begun = store.payments_listed(Status::Ready, FIRST).await.unwrap();
        [trades.items.len(), asked.items.len(), begun.items.len()]
    }

    #[tokio::test]
    async fn what_was_there_is_listed_for_staff() {
        let folder = Folder::new("lists");
        let cloud = open(&folder.0);
        let store = store(&cloud);
        one_of_each(&store).await;
        let new = [Table::Trade, Table::Wallet, Table::Payment];
        let rows = async |table| rows(&cloud, table).await.unwrap();
        let mut before = Vec::new();
        for (table, index) in new.into_iter().zip([5, 2, 3]) {
            for mut item in rows(table).await {
                before.push(item.clone());
                item.remove(&format!("gsi{index}pk"));
                item.remove(&format!("gsi{index}sk"));
                store.write(Write::put(table, item)).await.unwrap();
            }
        }
        assert_eq!(found(&store).await, [0, 0, 0]);
        for _ in 0..2 {
            work(&cloud).await.unwrap();
            assert_eq!(found(&store).await, [1, 1, 1]);
            let mut after = Vec::new();
            for table in new {
                after.extend(rows(table).await);
            }
            assert_eq!(after, before, "as they are written today");
        }
    }
}
