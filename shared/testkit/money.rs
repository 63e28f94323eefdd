//! The money invariants, judged from committed rows.

use domain::ledger::audit;
use store::{Table, ledger::read_books};

use crate::rows::Rows;

/// I1 (conserved), I2 (every entry balances, once), I3 (nothing negative) and I10 (every hold ends
/// at most once, and as its withdrawal did): the audit finds no difference.
pub(crate) fn check(rows: &Rows) {
    let items = rows.table(Table::Wallet);
    if items.is_empty() {
        return;
    }
    let audit = audit(&read_books(items));
    let differences: Vec<String> = audit.differences.iter().map(ToString::to_string).collect();
    assert!(differences.is_empty(), "I1–I3, I10: {differences:#?}");
    assert_eq!(audit.sums.values().sum::<i128>(), 0, "I1: {:?}", audit.sums);
}
