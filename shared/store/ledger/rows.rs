//! Rows of the wallet table.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    auction::Hash,
    ledger::{
        Account, Balance, HoldRow, HoldState, JournalEntry, Kept, LOCKED_FOR, Lock, Movement,
        MovementKind, Posting, Split, WalletLine,
    },
};
use kernel::{Instant, TradeId, UserId, Won};

use crate::{Corrupt, Item, ItemReader, ItemWriter, Table, Write, keys};

/// What a hold was, and what it becomes; not nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldChange {
    pub from: Split,
    pub to: Split,
}

pub(super) fn entry(movement: &Movement, now: Instant) -> Write {
    let entry = JournalEntry::of(movement, now);
    let (day, order) = keys::journal_day(&entry.reason, now);
    let postings = entry.postings.iter().map(|posting| {
        let item = ItemWriter::default()
            .text("account", posting.account.to_string())
            .number("amount", posting.amount);
        AttributeValue::M(item.item())
    });
    let item = ItemWriter::under(&keys::journal(&entry.reason))
        .text("reason", entry.reason.as_str())
        .text("kind", entry.kind.as_str())
        .instant("at", now)
        .value("postings", AttributeValue::L(postings.collect()))
        .bytes("checksum", entry.checksum.0)
        .text("gsi1pk", day)
        .text("gsi1sk", order)
        .item();
    Write::create(Table::Wallet, item)
}

/// Reads a journal entry from its row.
pub fn read_entry(item: &Item) -> Result<JournalEntry, Corrupt> {
    let row = ItemReader(item);
    let list =
        row.get("postings").and_then(|value| value.as_l().ok()).map_or(&[][..], Vec::as_slice);
    let postings = list.iter().map(|value| {
        let map = value.as_m().map_err(|_| Corrupt("a posting that is no map".to_owned()))?;
        let posting = ItemReader(map);
        let account = posting.text("account")?.parse::<Account>();
        let account = account.map_err(|error| Corrupt(error.to_string()))?;
        Ok(Posting { account, amount: posting.number("amount")? })
    });
    Ok(JournalEntry {
        reason: row.text("reason")?.to_owned(),
        kind: kind(row)?,
        at: row.instant("at")?,
        postings: postings.collect::<Result<_, Corrupt>>()?,
        checksum: Hash(row.bytes("checksum")?),
    })
}

fn kind(row: ItemReader<'_>) -> Result<MovementKind, Corrupt> {
    let text = row.text("kind")?;
    MovementKind::parse(text).ok_or_else(|| Corrupt(format!("movement kind {text}")))
}

/// The change of one user's balances: below zero or above the limit it does not happen. Of what it
/// takes out of free money, `stays` must be there beside. Who owes for a penalty sets nothing aside
/// and pays nothing.
///
/// The limit is on what the user has altogether. Money that is already there can always be held
/// and given back, however full the wallet is.
pub(super) fn balance(movements: &[&Movement], user: UserId, stays: Split) -> Write {
    let of = |account| movements.iter().map(|it| it.change_of(account)).sum::<i64>();
    let spend_only = of(Account::SpendOnly(user));
    let earned = of(Account::Earned(user));
    let held = of(Account::Held(user));
    let moves = movements.iter().filter(|it| it.users().contains(&user)).count();
    let mut write = Write::update(Table::Wallet, keys::wallet(user))
        .add("moves", i64::try_from(moves).unwrap_or(i64::MAX));
    if movements.iter().any(|movement| is_own_doing(movement, user)) {
        write = write.when_absent_or("penalty", "=", 0);
    }
    for (name, change, stays) in [
        ("spendOnly", spend_only, stays.spend_only.get()),
        ("earned", earned, stays.earned.get()),
        ("held", held, 0),
    ] {
        write = match change {
            0 => write,
            ..0 => write.add(name, change).when_number(name, ">=", stays - change),
            1.. => write.add(name, change),
        };
    }
    let total = spend_only + earned + held;
    write = match total {
        0 => write,
        ..0 => write.add("total", total),
        1.. => write.add("total", total).when_absent_or("total", "<=", Won::MAX.get() - total),
    };
    let penalty = of(Account::Penalty(user));
    match penalty {
        0 => write,
        ..0 => {
            let write = write.add("penalty", penalty);
            write.when_absent_or("penalty", ">=", -Won::MAX.get() - penalty)
        }
        // A debt is repaid only as far as there is one.
        1.. => write.add("penalty", penalty).when_number("penalty", "<=", -penalty),
    }
}

/// Whether the user takes free money to set it aside, or to pay with it.
fn is_own_doing(movement: &Movement, user: UserId) -> bool {
    let free = [Account::SpendOnly(user), Account::Earned(user)];
    let change: i64 = free.map(|account| movement.change_of(account)).iter().sum();
    matches!(movement.kind(), MovementKind::Hold | MovementKind::TradePayment) && change < 0
}

pub(super) fn escrow(trade: TradeId, change: i64) -> Write {
    let write = Write::update(Table::Wallet, keys::escrow(trade)).add("amount", change);
    if change < 0 {
        write.when_number("amount", ">=", -change)
    } else {
        write.when_absent_or("amount", "<=", Won::MAX.get() - change)
    }
}

pub(super) fn read_kept(item: &Item) -> Result<Kept, Corrupt> {
    let row = ItemReader(item);
    let number = |name: &str| match row.get(name) {
        None => Ok(0),
        Some(_) => row.number(name),
    };
    Ok(Kept {
        spend_only: number("spendOnly")?,
        earned: number("earned")?,
        held: number("held")?,
        penalty: number("penalty")?,
        total: number("total")?,
        moves: number("moves")?,
    })
}

pub(super) fn read_balance(item: &Item) -> Result<Balance, Corrupt> {
    let row = ItemReader(item);
    Ok(Balance {
        free: Split {
            spend_only: row.maybe_won("spendOnly")?.unwrap_or_default(),
            earned: row.maybe_won("earned")?.unwrap_or_default(),
        },
        held: row.maybe_won("held")?.unwrap_or_default(),
        penalty: row.maybe_number("penalty").unwrap_or_default(),
    })
}

pub(super) fn line(movement: &Movement, user: UserId, now: Instant) -> Write {
    let item = ItemWriter::under(&keys::wallet_line(user, now, movement.reason()))
        .text("reason", movement.reason())
        .text("kind", movement.kind().as_str())
        .instant("at", now)
        .number("spendOnly", movement.change_of(Account::SpendOnly(user)))
        .number("earned", movement.change_of(Account::Earned(user)))
        .number("held", movement.change_of(Account::Held(user)))
        .number("penalty", movement.change_of(Account::Penalty(user)))
        .item();
    Write::create(Table::Wallet, item)
}

pub(super) fn read_line(item: &Item) -> Result<WalletLine, Corrupt> {
    let row = ItemReader(item);
    Ok(WalletLine {
        reason: row.text("reason")?.to_owned(),
        kind: kind(row)?,
        at: row.instant("at")?,
        spend_only: row.number("spendOnly")?,
        earned: row.number("earned")?,
        held: row.number("held")?,
        penalty: row.number("penalty")?,
    })
}

pub(super) fn lock(Lock { user, money }: Lock, reason: &str, now: Instant) -> Write {
    let item = ItemWriter::under(&keys::wallet_lock(user, now + LOCKED_FOR, reason))
        .text("reason", reason)
        .won("spendOnly", money.spend_only)
        .won("earned", money.earned)
        .item();
    Write::create(Table::Wallet, item)
}

pub(super) fn read_lock(item: &Item) -> Result<Split, Corrupt> {
    let row = ItemReader(item);
    Ok(Split { spend_only: row.won("spendOnly")?, earned: row.won("earned")? })
}

pub(super) fn new_hold(subject: &str, user: UserId, money: Split) -> Write {
    let item = ItemWriter::under(&keys::hold(subject))
        .text("user", user.to_string())
        .won("amount", money.total())
        .won("earned", money.earned)
        .text("state", HoldState::Held.as_str())
        .item();
    Write::create(Table::Wallet, item)
}

pub(super) fn changed_hold(subject: &str, user: UserId, change: HoldChange) -> Write {
    Write::update(Table::Wallet, keys::hold(subject))
        .set_number("amount", change.to.total().get())
        .set_number("earned", change.to.earned.get())
        .when_text("state", "=", HoldState::Held.as_str())
        .when_text("user", "=", user.to_string())
        .when_number("amount", "=", change.from.total().get())
        .when_absent_or("earned", "=", change.from.earned.get())
}

/// `taken`: whose money, and how much of it; `None` is nobody's, and ends no hold.
pub(super) fn ended_hold(
    subject: &str,
    taken: Option<(UserId, i64)>,
    state: HoldState,
    reason: &str,
) -> Write {
    let write = Write::update(Table::Wallet, keys::hold(subject))
        .set_text("state", state.as_str())
        .set_text("endedBy", reason)
        .when_text("state", "=", HoldState::Held.as_str());
    match taken {
        Some((user, amount)) => {
            write.when_text("user", "=", user.to_string()).when_number("amount", "=", amount)
        }
        None => write.if_absent("user"),
    }
}

pub(super) fn read_hold(item: &Item) -> Result<HoldRow, Corrupt> {
    let row = ItemReader(item);
    let user = row.text("user")?.parse().map_err(|_| Corrupt("a hold of nobody".to_owned()))?;
    let state = row.text("state")?;
    let state = HoldState::parse(state).ok_or_else(|| Corrupt(format!("hold state {state}")))?;
    let ended_by = row.maybe_text("endedBy").map(str::to_owned);
    let earned = row.maybe_won("earned")?.unwrap_or_default();
    Ok(HoldRow { user, amount: row.won("amount")?, earned, state, ended_by })
}
