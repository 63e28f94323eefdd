//! Rows of the wallet table.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    auction::Hash,
    ledger::{Account, Movement, MovementKind, Posting},
};
use kernel::{Instant, TradeId, UserId, Won};

use crate::{Corrupt, Item, ItemReader, ItemWriter, Table, Write, keys};

/// A user's money, in won. `penalty` is what is owed: 0 or less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    pub available: Won,
    pub held: Won,
    pub penalty: i64,
}

/// A movement as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub reason: String,
    pub kind: MovementKind,
    pub at: Instant,
    pub postings: Vec<Posting>,
    /// Of all the above: an entry that was tampered with does not match it.
    pub checksum: Hash,
}

/// What a movement did to one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletLine {
    pub reason: String,
    pub kind: MovementKind,
    pub at: Instant,
    pub available: i64,
    pub held: i64,
    pub penalty: i64,
}

/// Money set aside for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldRow {
    pub user: UserId,
    pub amount: Won,
    pub state: HoldState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    Held,
    Captured,
    Released,
}

impl HoldState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Captured => "captured",
            Self::Released => "released",
        }
    }
}

impl JournalEntry {
    /// The checksum that the content calls for.
    #[must_use]
    pub fn expected_checksum(&self) -> Hash {
        checksum(&self.reason, self.kind, self.at, &self.postings)
    }
}

fn checksum(reason: &str, kind: MovementKind, at: Instant, postings: &[Posting]) -> Hash {
    let lines = postings.iter().map(|posting| format!("{}={}", posting.account, posting.amount));
    let lines = lines.collect::<Vec<_>>().join("|");
    Hash::of(&[format!("jangteo-journal/1|{reason}|{}|{at}|{lines}", kind.as_str()).as_bytes()])
}

pub(super) fn entry(movement: &Movement, now: Instant) -> Write {
    let reason = movement.reason();
    let (day, order) = keys::journal_day(reason, now);
    let postings = movement.postings().iter().map(|posting| {
        let item = ItemWriter::default()
            .text("account", posting.account.to_string())
            .number("amount", posting.amount);
        AttributeValue::M(item.item())
    });
    let sum = checksum(reason, movement.kind(), now, movement.postings());
    let item = ItemWriter::under(&keys::journal(reason))
        .text("reason", reason)
        .text("kind", movement.kind().as_str())
        .instant("at", now)
        .value("postings", AttributeValue::L(postings.collect()))
        .bytes("checksum", sum.0)
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

/// The change of one user's balances: below zero or above the limit it does not happen.
pub(super) fn balance(movement: &Movement, user: UserId) -> Write {
    let changes = [
        ("available", movement.change_of(Account::Available(user))),
        ("held", movement.change_of(Account::Held(user))),
    ];
    let mut write = super::update(keys::wallet(user));
    for (name, change) in changes {
        write = guarded(write, name, change);
    }
    let penalty = movement.change_of(Account::Penalty(user));
    if penalty == 0 {
        return write;
    }
    let write = write.add("penalty", penalty);
    if penalty > 0 {
        // A debt is repaid only as far as there is one.
        write.when_number("penalty", "<=", -penalty)
    } else {
        write.when_absent_or("penalty", ">=", -Won::MAX.get() - penalty)
    }
}

pub(super) fn escrow(trade: TradeId, change: i64) -> Write {
    guarded(super::update(keys::escrow(trade)), "amount", change)
}

fn guarded(write: Write, name: &str, change: i64) -> Write {
    match change {
        0 => write,
        ..0 => write.add(name, change).when_number(name, ">=", -change),
        1.. => write.add(name, change).when_absent_or(name, "<=", Won::MAX.get() - change),
    }
}

pub(super) fn read_balance(item: &Item) -> Result<Balance, Corrupt> {
    let row = ItemReader(item);
    Ok(Balance {
        available: row.maybe_won("available")?.unwrap_or_default(),
        held: row.maybe_won("held")?.unwrap_or_default(),
        penalty: row.maybe_number("penalty").unwrap_or_default(),
    })
}

pub(super) fn line(movement: &Movement, user: UserId, now: Instant) -> Write {
    let item = super::wallet_item(&keys::wallet_line(user, now, movement.reason()))
        .text("reason", movement.reason())
        .text("kind", movement.kind().as_str())
        .instant("at", now)
        .number("available", movement.change_of(Account::Available(user)))
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
        available: row.number("available")?,
        held: row.number("held")?,
        penalty: row.number("penalty")?,
    })
}

pub(super) fn new_hold(subject: &str, user: UserId, amount: Won) -> Write {
    let item = super::wallet_item(&keys::hold(subject))
        .text("user", user.to_string())
        .won("amount", amount)
        .text("state", HoldState::Held.as_str())
        .item();
    Write::create(Table::Wallet, item)
}

pub(super) fn ended_hold(subject: &str, amount: i64, state: HoldState) -> Write {
    super::update(keys::hold(subject))
        .set_text("state", state.as_str())
        .when_text("state", "=", HoldState::Held.as_str())
        .when_number("amount", "=", amount)
}

pub(super) fn read_hold(item: &Item) -> Result<HoldRow, Corrupt> {
    let row = ItemReader(item);
    let user = row.text("user")?.parse().map_err(|_| Corrupt("a hold of nobody".to_owned()))?;
    let state = match row.text("state")? {
        "held" => HoldState::Held,
        "captured" => HoldState::Captured,
        "released" => HoldState::Released,
        other => return Err(Corrupt(format!("hold state {other}"))),
    };
    Ok(HoldRow { user, amount: row.won("amount")?, state })
}
