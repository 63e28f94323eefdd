//! The address book: at most so many addresses a user, counted beside them.

use domain::identity::{ADDRESSES_MAX, Address};
use kernel::{AddressId, Instant, UserId};

use crate::{
    CommitError, Corrupt, Item, ItemReader, ItemWriter, Page, Position, Query, Read, Store,
    StoreError, Table, Transaction, Write, keys, label::AddressWrite,
};

/// An entry of the address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressRow {
    pub id: AddressId,
    pub address: Address,
    pub created_at: Instant,
}

/// The transaction that adds an address.
#[must_use]
pub fn address_creation(user: UserId, row: &AddressRow) -> Transaction {
    let count = Write::update(Table::Identity, keys::address_count(user))
        .add("count", 1)
        .when_absent_or("count", "<", ADDRESSES_MAX);
    let item = ItemWriter::under(&keys::address(user, row.id)).instant("createdAt", row.created_at);
    let item = write_address(item, &row.address).item();
    Transaction::new()
        .write_as(AddressWrite::Count, count)
        .write_as(AddressWrite::Address, Write::create(Table::Identity, item))
}

impl Store {
    /// An address of this user.
    pub async fn address(
        &self,
        user: UserId,
        address: AddressId,
    ) -> Result<Option<AddressRow>, StoreError> {
        let key = keys::address(user, address);
        let item = self.get(Table::Identity, &key, Read::Consistent).await?;
        Ok(item.map(row).transpose()?)
    }

    /// A page of a user's addresses, oldest first.
    pub async fn addresses(
        &self,
        user: UserId,
        limit: u32,
        after: Option<Position>,
    ) -> Result<Page<AddressRow>, StoreError> {
        let query = Query::of(Table::Identity, keys::user(user), limit);
        let query = query.prefix(keys::ADDRESS_PREFIX).after(after).consistent();
        Ok(self.query(query).await?.try_map(row)?)
    }

    /// Deletes an address. `false`: there is none.
    pub async fn address_delete(
        &self,
        user: UserId,
        address: AddressId,
    ) -> Result<bool, CommitError> {
        let key = keys::address(user, address);
        let delete = Write::delete(Table::Identity, key).if_present("pk");
        let count = Write::update(Table::Identity, keys::address_count(user))
            .add("count", -1)
            .when_number("count", ">=", 1);
        let transaction = Transaction::new()
            .write_as(AddressWrite::Address, delete)
            .write_as(AddressWrite::Count, count);
        match self.commit(transaction).await {
            Ok(()) => Ok(true),
            Err(error) if error.is_condition_of(AddressWrite::Address) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The attributes of an address, alone or as a trade's copy.
pub(crate) fn write_address(item: ItemWriter, address: &Address) -> ItemWriter {
    let item = item
        .text("recipient", address.recipient.as_str())
        .text("phone", address.phone.as_str())
        .text("postcode", address.postcode.as_str())
        .text("line1", address.line1.as_str());
    match &address.line2 {
        Some(line) => item.text("line2", line.as_str()),
        None => item,
    }
}

pub(crate) fn read_address(item: &Item) -> Result<Address, Corrupt> {
    let row = ItemReader(item);
    let phone = row.text("phone")?.parse();
    Ok(Address {
        recipient: row.text("recipient")?.to_owned(),
        phone: phone.map_err(|_| Corrupt("an address's phone".to_owned()))?,
        postcode: row.text("postcode")?.to_owned(),
        line1: row.text("line1")?.to_owned(),
        line2: row.maybe_text("line2").map(str::to_owned),
    })
}

fn row(item: Item) -> Result<AddressRow, Corrupt> {
    let row = ItemReader(&item);
    let id = row.text("sk")?.trim_start_matches(keys::ADDRESS_PREFIX).parse();
    Ok(AddressRow {
        id: id.map_err(|_| Corrupt("an address's id".to_owned()))?,
        address: read_address(&item)?,
        created_at: row.instant("createdAt")?,
    })
}
