//! Format 3 to 4: what was available is of two kinds. All of it may be spent; what sales brought,
//! and has not left since, may leave.

use std::collections::BTreeMap;

use anyhow::Context as _;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ledger::{Account, Between, JournalEntry, Movement, MovementKind};
use kernel::{Clock as _, UserId, Won};
use local::Cloud;
use platform::SystemClock;
use store::{Item, Key, Table, keys, ledger::read_entry};

use super::step::{Work, rewrite, store};

const BEFORE: &str = "available";
const NOW: &str = "spendOnly";

pub(super) fn split(cloud: &Cloud) -> Work<'_> {
    Box::pin(work(cloud))
}

async fn work(cloud: &Cloud) -> anyhow::Result<()> {
    let mut earned: BTreeMap<UserId, i64> = BTreeMap::new();
    rewrite(cloud, Table::Wallet, |key, before| {
        let after = renamed(key, before)?;
        if key.pk.starts_with(keys::JOURNAL_PREFIX) {
            count(&mut earned, &read_entry(&after)?);
        }
        Ok(after)
    })
    .await?;
    let store = store(cloud);
    let now = SystemClock.now();
    for (user, earned) in earned {
        let free = store.balance(user, store::Read::Consistent).await?.free;
        // What a run of this step that was broken off has done, its reason knows.
        let Ok(amount) = Won::new(earned.clamp(0, free.spend_only.get())) else { continue };
        if amount == Won::ZERO {
            continue;
        }
        let accounts = Between { from: Account::SpendOnly(user), to: Account::Earned(user) };
        let reason = format!("matured#format-4#{user}");
        let movement = Movement::transfer(reason, MovementKind::Matured, amount, accounts)?;
        store.move_money(&movement, now).await?;
    }
    Ok(())
}

/// What sales brought a user, without what has left.
fn count(earned: &mut BTreeMap<UserId, i64>, entry: &JournalEntry) {
    for posting in &entry.postings {
        let change = match (entry.kind, posting.account) {
            (MovementKind::Settlement, Account::SpendOnly(user)) => Some((user, posting.amount)),
            (MovementKind::Withdrawal, Account::Held(user)) => Some((user, posting.amount)),
            _ => None,
        };
        if let Some((user, amount)) = change {
            *earned.entry(user).or_default() += amount;
        }
    }
}

/// A row as this version writes it; any that has nothing to do with it as it is.
fn renamed(key: &Key, mut item: Item) -> anyhow::Result<Item> {
    let zero = || AttributeValue::N("0".to_owned());
    if key.pk.starts_with(keys::JOURNAL_PREFIX) {
        return entry(item);
    }
    if key.pk.starts_with(keys::HOLD_PREFIX) {
        item.entry("earned".to_owned()).or_insert_with(zero);
        return Ok(item);
    }
    let balance = key.pk.starts_with(keys::WALLET_PREFIX)
        && (key.sk == "-" || key.sk.starts_with(keys::WALLET_LINE_PREFIX));
    if !balance {
        return Ok(item);
    }
    if let Some(amount) = item.remove(BEFORE) {
        item.insert(NOW.to_owned(), amount);
    }
    for name in [NOW, "earned"] {
        item.entry(name.to_owned()).or_insert_with(zero);
    }
    Ok(item)
}

/// An entry with its accounts' names of today, and the checksum of that.
fn entry(mut item: Item) -> anyhow::Result<Item> {
    let postings = item.get_mut("postings");
    let Some(AttributeValue::L(postings)) = postings else { return Ok(item) };
    let mut changed = false;
    for posting in postings {
        let AttributeValue::M(posting) = posting else { continue };
        let Some(AttributeValue::S(account)) = posting.get_mut("account") else { continue };
        if let Some(user) = account.strip_prefix("available#") {
            *account = format!("spend-only#{user}");
            changed = true;
        }
    }
    if changed {
        let checksum = read_entry(&item).context("an entry")?.expected_checksum();
        let checksum = AttributeValue::B(checksum.0.to_vec().into());
        item.insert("checksum".to_owned(), checksum);
    }
    Ok(item)
}

#[cfg(test)]
mod tests;
