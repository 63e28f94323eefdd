//! Rows of the wallet table as the audit wants them.

use domain::{ledger::Books, withdrawal::State};
use kernel::{Id, Instant, Won};

use super::{debts, rows};
use crate::{Corrupt, Item, ItemReader, Key, keys, wallet};

/// Everything in the wallet table, each row checked against its own keys. A row that does not read
/// is named in [`Books::unreadable`].
pub fn read_books<'a>(items: impl IntoIterator<Item = &'a Item>) -> Books {
    let mut books = Books::default();
    for item in items {
        let Some(key) = Key::of(item) else {
            books.unreadable.push("a row without a key".to_owned());
            continue;
        };
        if let Err(Corrupt(fault)) = read(&mut books, &key, item) {
            books.unreadable.push(format!("{} {}: {fault}", key.pk, key.sk));
        }
    }
    books
}

fn read(books: &mut Books, key: &Key, item: &Item) -> Result<(), Corrupt> {
    let unknown = || Corrupt("no row of this table has such a key".to_owned());
    let under = |expected: Key| if *key == expected { Ok(()) } else { Err(unknown()) };
    if let Some(reason) = key.pk.strip_prefix(keys::JOURNAL_PREFIX) {
        under(keys::journal(reason))?;
        let entry = rows::read_entry(item)?;
        expect_index(item, 1, Some(keys::journal_day(&entry.reason, entry.at)))?;
        books.entries.push((reason.to_owned(), entry));
        return Ok(());
    }
    if let Some(subject) = key.pk.strip_prefix(keys::HOLD_PREFIX) {
        under(keys::hold(subject))?;
        books.holds.push((subject.to_owned(), rows::read_hold(item)?));
        return Ok(());
    }
    if let Some(trade) = key.pk.strip_prefix(keys::ESCROW_PREFIX) {
        let trade = trade.parse().map_err(|_| unknown())?;
        under(keys::escrow(trade))?;
        books.escrows.push((trade, ItemReader(item).number("amount")?));
        return Ok(());
    }
    if let Some(trade) = key.pk.strip_prefix(keys::DEBT_PREFIX) {
        under(keys::debt(trade.parse().map_err(|_| unknown())?))?;
        let debt = debts::read(item)?;
        let open = debt.left > Won::ZERO;
        let index = open.then(|| keys::debt_born(debt.trade, debt.debtor, debt.born_at));
        expect_index(item, 1, index)?;
        books.debts.push(debt);
        return Ok(());
    }
    let user = key.pk.strip_prefix(keys::WALLET_PREFIX).and_then(|user| user.parse().ok());
    let user = user.ok_or_else(unknown)?;
    if *key == keys::wallet(user) {
        books.wallets.push((user, rows::read_kept(item)?));
    } else if key.sk.starts_with(keys::WALLET_LINE_PREFIX) {
        let line = rows::read_line(item)?;
        if *key != keys::wallet_line(user, line.at, &line.reason) {
            return Err(Corrupt(format!("the key of line {}", line.reason)));
        }
        books.lines.push((user, line));
    } else if key.sk.starts_with(keys::WALLET_LOCK_PREFIX) {
        rows::read_lock(item)?;
    } else if let Some(id) = key.sk.strip_prefix(keys::WITHDRAWAL_PREFIX) {
        let id = id.parse::<Id<_>>().map_err(|_| unknown())?;
        let (found, facts) = wallet::read_facts(item)?;
        if (found, facts.user) != (id, user) {
            return Err(Corrupt("the key of a withdrawal".to_owned()));
        }
        // Without its index keys nobody would take up an unfinished one.
        let due = ItemReader(item).maybe_number("dueAt").map(Instant::from_millis);
        let over = matches!(facts.state, State::Done | State::Failed | State::Stopped);
        if over == due.is_some() {
            return Err(Corrupt("when it is due".to_owned()));
        }
        expect_index(item, 1, due.map(|due| keys::withdrawing(id, due)))?;
        let asked = ItemReader(item).instant("requestedAt")?;
        let listed = keys::withdrawal_listed(id, facts.state.as_str(), asked);
        expect_index(item, 2, Some(listed))?;
        books.withdrawals.push((id, facts));
    } else if *key != keys::payout_account(user) {
        return Err(unknown());
    }
    Ok(())
}

fn expect_index(item: &Item, index: u8, expected: Option<(String, String)>) -> Result<(), Corrupt> {
    let text =
        |part: &str| ItemReader(item).maybe_text(&format!("gsi{index}{part}")).map(str::to_owned);
    let fits = text("pk").zip(text("sk")) == expected;
    let none = text("pk").or_else(|| text("sk")).is_none();
    if fits && (expected.is_some() || none) {
        Ok(())
    } else {
        Err(Corrupt("its index keys".to_owned()))
    }
}
