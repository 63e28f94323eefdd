//! What placing an order needs to know, read in one call.

use domain::{
    catalog::CatalogItem,
    exchange::{Head, Order, Side},
    identity::Address,
};
use kernel::{AddressId, OrderId, UserId};

use super::{Instrument, heads, read_order};
use crate::{
    Read, Store, StoreError, Table, catalog, identity::read_address, keys, ledger::read_balance,
};

/// An order's surroundings.
#[derive(Clone, Debug)]
pub struct OrderScene {
    /// Placed by an earlier request with the same key.
    pub order: Option<Order>,
    /// Of the order's own side and of the other one; `None`: this is not traded.
    pub heads: Option<(Head, Head)>,
    /// Unless it is deleted.
    pub item: Option<CatalogItem>,
    /// From the user's address book.
    pub address: Option<Address>,
    /// Whether the user has one.
    pub payout_account: bool,
    /// Whether the user owes more for penalties than the wallet holds.
    pub in_debt: bool,
}

impl Store {
    /// Reads it all as it stands (though not of one moment).
    pub async fn order_scene(
        &self,
        (order, user): (OrderId, UserId),
        (item, option): Instrument,
        side: Side,
        address: AddressId,
    ) -> Result<OrderScene, StoreError> {
        let asked = [
            (Table::Exchange, keys::exchange_head(item, option, side)),
            (Table::Exchange, keys::exchange_head(item, option, side.other())),
            (Table::Exchange, keys::order(order)),
            (Table::Catalog, keys::catalog_item(item)),
            (Table::Identity, keys::address(user, address)),
            (Table::Wallet, keys::payout_account(user)),
            (Table::Wallet, keys::wallet(user)),
        ];
        let found = self.batch_read(&asked, Read::Consistent).await?;
        let at = |place: usize| found.get(place).and_then(Option::as_ref);
        let item = at(3).map(catalog::read_item).transpose()?;
        let balance = at(6).map(read_balance).transpose()?.unwrap_or_default();
        Ok(OrderScene {
            order: at(2).map(read_order).transpose()?,
            heads: heads(&found)?,
            item: item.filter(|item| !item.deleted),
            address: at(4).map(read_address).transpose()?,
            payout_account: at(5).is_some(),
            in_debt: balance.in_debt(),
        })
    }
}
