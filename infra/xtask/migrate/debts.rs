//! Format 4 to 5: what a user owed for penalties was a sum in the wallet, advanced by the platform.
//! It is a debt to the platform now, with a row of its own, named after the debtor.

use domain::ledger::Debt;
use kernel::{Clock as _, TradeId, UserId, Won};
use local::Cloud;
use platform::SystemClock;
use store::{Key, Table, Transaction, keys, ledger::read_balance};

use super::step::{self, Work};

pub(super) fn named(cloud: &Cloud) -> Work<'_> {
    Box::pin(work(cloud))
}

async fn work(cloud: &Cloud) -> anyhow::Result<()> {
    let store = step::store(cloud);
    let rows = step::rows(cloud, Table::Wallet).await?;
    let there = |key: &Key| rows.iter().any(|item| Key::of(item).as_ref() == Some(key));
    for item in &rows {
        let Some(key) = Key::of(item) else { continue };
        let user = key.pk.strip_prefix(keys::WALLET_PREFIX).and_then(|user| user.parse().ok());
        let Some(debtor): Option<UserId> = user.filter(|user| key == keys::wallet(*user)) else {
            continue;
        };
        let left = Won::new(read_balance(item)?.penalty.saturating_neg())?;
        let trade = TradeId::from_uuid(debtor.uuid());
        if left == Won::ZERO || there(&keys::debt(trade)) {
            continue;
        }
        let debt = Debt { trade, debtor, creditor: None, left, born_at: SystemClock.now() };
        store.commit(Transaction::new().debt(&debt)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::ledger::{Account, Between, Movement, MovementKind, Split};
    use kernel::{Id, Instant};
    use store::Read;

    use super::{
        super::{
            step::store,
            tests::{Folder, open, user},
        },
        *,
    };
    use crate::audit;

    #[tokio::test]
    async fn what_was_advanced_is_owed_to_the_platform() {
        let folder = Folder::new("debts");
        let cloud = open(&folder.0);
        let store = store(&cloud);
        let injured = Id::from_uuid(uuid::Uuid::from_u128(2));
        let accounts = Between { from: Account::Penalty(user()), to: Account::SpendOnly(injured) };
        let reason = "penalty#1".to_owned();
        let advanced =
            Movement::transfer(reason, MovementKind::Penalty, Won::constant(500), accounts);
        let now = Instant::from_millis(1);
        assert!(store.move_money(&advanced.unwrap(), now).await.unwrap());
        for _ in 0..2 {
            work(&cloud).await.unwrap();
        }
        assert!(store.standing(user()).await.unwrap().in_debt());
        let mut debts = Vec::new();
        for shard in keys::debt_shards() {
            let page = store.debts(&shard, None).await.unwrap();
            debts.extend(page.items.into_iter().map(Result::unwrap));
        }
        let [debt] = &debts[..] else { panic!("{debts:?}") };
        assert_eq!((debt.debtor, debt.creditor, debt.left.get()), (user(), None, 500));
        let taken = debt.collect(Split::spend_only(Won::constant(500))).unwrap().unwrap();
        let accounts = Between { from: Account::Provider, to: Account::SpendOnly(user()) };
        let reason = "top-up#1".to_owned();
        let amount = Won::constant(500);
        let top_up = Movement::transfer(reason, MovementKind::TopUp, amount, accounts).unwrap();
        assert!(store.move_money(&top_up, now).await.unwrap());
        store.commit(Transaction::new().collection(debt, &taken, now)).await.unwrap();
        let balance = store.balance(user(), Read::Consistent).await.unwrap();
        assert_eq!((balance.available(), balance.penalty), (Won::ZERO, 0));
        assert!(!store.standing(user()).await.unwrap().in_debt());
        drop((store, cloud));
        assert_eq!(audit::differences(folder.0.clone()).await.unwrap(), [""; 0]);
    }
}
