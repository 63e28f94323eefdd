//! What is owed for penalties: a row a debt, its sum in the debtor's wallet and standing.

use domain::ledger::{Collection, Debt};
use kernel::{Instant, UserId, Won};

use crate::{
    Corrupt, Item, ItemReader, ItemWriter, Page, Position, Query, Store, StoreError, Table,
    Transaction, Write, keys, label::MoneyWrite,
};

/// Debts read at once.
const PAGE: u32 = 100;

impl Transaction {
    /// Adds a debt that begins. What is owed altogether its movement adds to the wallet.
    #[must_use]
    pub fn debt(self, debt: &Debt) -> Self {
        let row = Write::create(Table::Wallet, item(debt));
        self.write_as(MoneyWrite::Debt, row)
            .write_as(MoneyWrite::Owed, owed(debt.debtor, debt.left.get()))
    }

    /// Adds that so much of `before` was collected, if it is still what it was.
    #[must_use]
    pub fn collection(self, before: &Debt, collection: &Collection, now: Instant) -> Self {
        let Collection { movement, amount, after } = collection;
        let row = Write::update(Table::Wallet, keys::debt(before.trade))
            .set_number("left", after.left.get())
            .when_number("left", "=", before.left.get());
        let row = match after.left {
            Won::ZERO => row.remove("gsi1pk").remove("gsi1sk"),
            _ => row,
        };
        self.movement(movement, now)
            .write_as(MoneyWrite::Debt, row)
            .write_as(MoneyWrite::Owed, owed(before.debtor, -amount.get()))
    }
}

impl Store {
    /// A page of the debts of one of [`keys::debt_shards`], a debtor's oldest first, as the index
    /// knows them. One that does not read hides no other.
    pub async fn debts(
        &self,
        shard: &str,
        after: Option<Position>,
    ) -> Result<Page<Result<Debt, Corrupt>>, StoreError> {
        let query = Query::of(Table::Wallet, shard, PAGE).index(1).after(after);
        Ok(self.query(query).await?.map(|item| read(&item)))
    }
}

/// Bids and new auctions look at the standing alone.
fn owed(debtor: UserId, change: i64) -> Write {
    Write::update(Table::Auction, keys::standing(debtor)).add("owed", change)
}

fn item(debt: &Debt) -> Item {
    let Debt { trade, debtor, creditor, left, born_at } = *debt;
    let (shard, order) = keys::debt_born(trade, debtor, born_at);
    let row = ItemWriter::under(&keys::debt(trade))
        .id("trade", trade)
        .id("debtor", debtor)
        .won("left", left)
        .instant("bornAt", born_at)
        .text("gsi1pk", shard)
        .text("gsi1sk", order);
    match creditor {
        Some(creditor) => row.id("creditor", creditor).item(),
        None => row.item(),
    }
}

pub(super) fn read(item: &Item) -> Result<Debt, Corrupt> {
    let row = ItemReader(item);
    Ok(Debt {
        trade: row.id("trade")?,
        debtor: row.id("debtor")?,
        creditor: row.get("creditor").map(|_| row.id("creditor")).transpose()?,
        left: row.won("left")?,
        born_at: row.instant("bornAt")?,
    })
}
