//! What placing an order needs to know, read in one call.

use domain::{
    catalog::CatalogItem,
    exchange::{Instrument, Order, Side},
    identity::Address,
    ledger::Balance,
};
use kernel::{AddressId, OrderId, UserId};

use super::{
    BookLine,
    quotes::{self, Quotes},
    read_order,
    turns::AskedLine,
};
use crate::{
    Item, Read, Store, StoreError, Table,
    batch::{Batch, present},
    catalog,
    identity::read_address,
    keys,
    ledger::read_balance,
};

/// An order's surroundings.
#[derive(Clone, Debug)]
pub struct OrderContext {
    /// Placed by an earlier request with the same key.
    pub order: Option<Order>,
    /// The heads, and whose turn it is.
    pub line: BookLine,
    /// Unless it is deleted.
    pub item: Option<CatalogItem>,
    /// From the user's address book.
    pub address: Option<Address>,
    /// Whether the user has one.
    pub payout_account: bool,
    /// The user's wallet.
    pub balance: Balance,
    /// The last trade, and the best prices of moments ago.
    pub quotes: Quotes,
}

/// What another price for an order needs to know.
#[derive(Clone, Debug)]
pub struct PriceContext {
    /// The heads, and whose turn it is.
    pub line: BookLine,
    /// The user's wallet.
    pub balance: Balance,
    /// The last trade, and the best prices of moments ago.
    pub quotes: Quotes,
}

impl Store {
    /// Reads it all as it stands (though not of one moment).
    pub async fn price_context(
        &self,
        user: UserId,
        instrument: Instrument,
        side: Side,
    ) -> Result<PriceContext, StoreError> {
        let mut batch = Batch::new(Read::Consistent);
        let line = AskedLine::of(&mut batch, instrument, side);
        let balance = batch.ask(Table::Wallet, keys::wallet(user), read_balance);
        let quotes = keys::quotes(instrument.item, instrument.option);
        let quotes = batch.ask(Table::Exchange, quotes, |item: &Item| quotes::read(Some(item)));
        let found = self.read_batch(&batch).await?;
        Ok(PriceContext {
            line: line.found(&found)?,
            balance: found.of(&balance)?.unwrap_or_default(),
            quotes: found.of(&quotes)?.unwrap_or_default(),
        })
    }

    /// Reads it all as it stands (though not of one moment); the quotes only if they are `quoted`.
    pub async fn order_context(
        &self,
        order: OrderId,
        user: UserId,
        instrument: Instrument,
        side: Side,
        address: AddressId,
        quoted: bool,
    ) -> Result<OrderContext, StoreError> {
        let mut batch = Batch::new(Read::Consistent);
        let line = AskedLine::of(&mut batch, instrument, side);
        let order = batch.ask(Table::Exchange, keys::order(order), read_order);
        let item =
            batch.ask(Table::Catalog, keys::catalog_item(instrument.item), catalog::read_item);
        let address = batch.ask(Table::Identity, keys::address(user, address), read_address);
        let payout_account = batch.ask(Table::Wallet, keys::payout_account(user), present);
        let balance = batch.ask(Table::Wallet, keys::wallet(user), read_balance);
        let quotes = keys::quotes(instrument.item, instrument.option);
        let read_quotes = |item: &Item| quotes::read(Some(item));
        let quotes = quoted.then(|| batch.ask(Table::Exchange, quotes, read_quotes));
        let found = self.read_batch(&batch).await?;
        Ok(OrderContext {
            order: found.of(&order)?,
            line: line.found(&found)?,
            item: found.of(&item)?.filter(|item| !item.deleted),
            address: found.of(&address)?,
            payout_account: found.of(&payout_account)?.is_some(),
            balance: found.of(&balance)?.unwrap_or_default(),
            quotes: match &quotes {
                Some(quotes) => found.of(quotes)?.unwrap_or_default(),
                None => Quotes::default(),
            },
        })
    }
}
