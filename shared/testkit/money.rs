//! The money invariants, judged from committed rows.

use std::collections::BTreeMap;

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
    owed(rows);
}

/// I24: what a user owes is the same in the wallet and in the standing that bids read. The audit
/// compares the wallet with the debts.
fn owed(rows: &Rows) {
    let standings = rows.table(Table::Auction).iter();
    let standings = standings.filter(|row| ItemReader(row).maybe_text("sk") == Some("standing"));
    let mut read: BTreeMap<&str, i64> = BTreeMap::new();
    for row in standings {
        let owed = ItemReader(row).maybe_number("owed").unwrap_or_default();
        let bidder = ItemReader(row).text("pk").unwrap();
        read.insert(bidder.strip_prefix(keys::BIDDER_PREFIX).unwrap(), owed);
    }
    for row in rows.under(Table::Wallet, keys::WALLET_PREFIX) {
        let Some(key) = Key::of(&row).filter(|key| key.sk == "-") else { continue };
        let user = key.pk.strip_prefix(keys::WALLET_PREFIX).unwrap();
        let kept = -ItemReader(&row).maybe_number("penalty").unwrap_or_default();
        let standing = read.remove(user).unwrap_or_default();
        assert_eq!(kept, standing, "I24: what {user} owes, in the wallet and in the standing");
    }
    read.retain(|_, owed| *owed != 0);
    assert!(read.is_empty(), "I24: owed by who has no wallet: {read:?}");
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
