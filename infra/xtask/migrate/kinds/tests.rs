use domain::ledger::Split;
use kernel::Instant;
use store::{Read, Write};

use super::{
    super::{
        step::rows,
        tests::{Folder, open, user},
    },
    *,
};
use crate::audit;

fn at() -> Instant {
    Instant::from_millis(1)
}

/// A row as the version before wrote it.
fn as_before(mut item: Item) -> Item {
    if let Some(amount) = item.remove(NOW) {
        item.insert(BEFORE.to_owned(), amount);
        item.remove("earned");
    }
    if let Some(AttributeValue::L(postings)) = item.get_mut("postings") {
        for posting in postings {
            let AttributeValue::M(posting) = posting else { continue };
            let Some(AttributeValue::S(account)) = posting.get_mut("account") else { continue };
            *account = account.replace("spend-only#", "available#");
        }
    }
    item
}

/// Topped up 500, 300 earned by a sale, 100 of them withdrawn: all of it in one account.
async fn market(folder: &Folder) {
    let cloud = open(&folder.0);
    let store = store(&cloud);
    let free = Account::SpendOnly(user());
    let move_money = async |reason: &str, kind, from, to, amount| {
        let accounts = Between { from, to };
        let amount = Won::constant(amount);
        let movement = Movement::transfer(reason.to_owned(), kind, amount, accounts).unwrap();
        assert!(store.move_money(&movement, at()).await.unwrap());
    };
    move_money("top-up#1", MovementKind::TopUp, Account::Provider, free, 500).await;
    move_money("settlement#1", MovementKind::Settlement, Account::Provider, free, 300).await;
    let held = Split::spend_only(Won::constant(100));
    let hold = store::Transaction::new().hold("withdrawal#1", user(), held, at()).unwrap();
    store.commit(hold).await.unwrap();
    let accounts = Between { from: Account::Held(user()), to: Account::Payout };
    let reason = "withdrawal#1".to_owned();
    let kind = MovementKind::Withdrawal;
    let paid = Movement::transfer(reason, kind, Won::constant(100), accounts).unwrap();
    assert!(store.capture_money("withdrawal#1", &paid, at()).await.unwrap());
    for item in rows(&cloud, Table::Wallet).await.unwrap() {
        store.write(Write::put(Table::Wallet, as_before(item))).await.unwrap();
    }
}

#[tokio::test]
async fn what_sales_brought_and_has_not_left_is_earned() {
    let folder = Folder::new("kinds");
    market(&folder).await;
    // Twice: a step may find its work done.
    for _ in 0..2 {
        let cloud = open(&folder.0);
        split(&cloud).await.unwrap();
        let balance = store(&cloud).balance(user(), Read::Consistent).await.unwrap();
        let due = Split { spend_only: Won::constant(500), earned: Won::constant(200) };
        assert_eq!((balance.free, balance.held), (due, Won::ZERO));
        drop(cloud);
        // But for the withdrawal, of which there is a hold here and no row.
        let differences = audit::differences(folder.0.clone()).await.unwrap();
        assert_eq!(differences.len(), 1, "{differences:?}");
    }
}
