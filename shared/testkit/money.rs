//! The money invariants, judged from committed rows.

use domain::ledger::audit;
use store::{Item, ItemReader, Key, Table, keys, ledger::read_books};

use crate::rows::Rows;

/// I1 (conserved), I2 (every entry balances, once), I3 (nothing negative) and I10 (every hold ends
/// at most once, and as its withdrawal did): the audit finds no difference.
pub(crate) fn check(rows: &Rows) {
    let items = rows.table(Table::Wallet);
    if items.is_empty() {
        return;
    }
    check_amounts(items);
    let audit = audit(&read_books(items));
    let differences: Vec<String> = audit.differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "I1–I3, I10: {differences:#?}");
    assert_eq!(audit.sums.values().sum::<i128>(), 0, "I1: {:?}", audit.sums);
}

/// I3, before anything is read as an amount: what is below nothing cannot be.
fn check_amounts(items: &[Item]) {
    let is_balance = |item: &&Item| {
        let key = Key::of(item);
        key.is_some_and(|key| key.pk.starts_with(keys::WALLET_PREFIX) && key.sk == "-")
    };
    for item in items.iter().filter(is_balance) {
        for name in ["spendOnly", "earned", "held", "total"] {
            let amount = ItemReader(item).maybe_number(name).unwrap_or_default();
            assert!(amount >= 0, "I3: {name} of {:?} is {amount}", item["pk"]);
        }
    }
}
