//! Rows of the exchange table: heads, resting orders, orders.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::exchange::{
    Head, Met, Order, OrderFunding, OrderState, Place, PlacedAs, Price, Resting, Side, Terms,
};
use kernel::{Id, Instant};

use crate::{
    Corrupt, Item, ItemReader, ItemWriter, Key,
    identity::{read_address, write_address},
    keys,
    trade::read_note,
};

/// An order that rests, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookRow {
    pub resting: Resting,
    pub expires_at: Instant,
}

pub(super) fn head_item(key: &Key, head: &Head) -> Item {
    ItemWriter::under(key)
        .number("sequence", head.sequence)
        .number("top", head.top_revision)
        .number("bound", head.best_bound)
        .item()
}

/// Reads a head from its item.
pub fn read_head(item: &Item) -> Result<Head, Corrupt> {
    let row = ItemReader(item);
    Ok(Head {
        sequence: row.count("sequence")?,
        top_revision: row.count("top")?,
        best_bound: row.number("bound")?,
        last: last(row)?,
        served: row.get("served").map_or(Ok(0), |_| row.count("served"))?,
        closed: row.get("closed").is_some(),
    })
}

fn last(row: ItemReader<'_>) -> Result<Option<Place>, Corrupt> {
    let Some(price) = row.maybe_number("lastPrice") else { return Ok(None) };
    Ok(Some(Place { price, priority: row.count("lastPlace")? }))
}

pub(super) fn book_item(key: &Key, order: &Order) -> Item {
    ItemWriter::under(key)
        .id("order", order.id)
        .id("user", order.user)
        .won("price", order.terms.price.won())
        .number("place", order.priority)
        .instant("expiresAt", order.terms.expires_at)
        .item()
}

/// Reads a resting order from its row in the book.
pub fn read_resting(item: &Item) -> Result<BookRow, Corrupt> {
    let row = ItemReader(item);
    let order = row.id("order")?;
    let user = row.id("user")?;
    let resting = Resting { order, user, price: price(row)?, priority: row.count("place")? };
    Ok(BookRow { resting, expires_at: row.instant("expiresAt")? })
}

pub(super) fn price(row: ItemReader<'_>) -> Result<Price, Corrupt> {
    price_at(row, "price")
}

fn price_at(row: ItemReader<'_>, name: &str) -> Result<Price, Corrupt> {
    Price::new(row.won(name)?).map_err(|error| Corrupt(error.to_string()))
}

fn met(row: ItemReader<'_>, trade: &str, price: &str) -> Result<Option<Met>, Corrupt> {
    let met = || Ok(Met { trade: row.id(trade)?, price: price_at(row, price)? });
    row.get(trade).map(|_| met()).transpose()
}

pub(super) fn id_value<T>(id: Id<T>) -> AttributeValue {
    let item = ItemWriter::default().id("id", id).item();
    item.into_values().next().unwrap_or(AttributeValue::Null(true))
}

pub(super) fn order_item(order: &Order) -> Item {
    let terms = &order.terms;
    let address = write_address(ItemWriter::default(), &terms.address).item();
    let mut item = ItemWriter::under(&keys::order(order.id))
        .text("gsi1pk", keys::orders_of(order.user, order.state.as_str()))
        .text("gsi1sk", keys::order_placed(order.id, order.placed_at))
        .id("id", order.id)
        .id("user", order.user)
        .id("item", terms.item)
        .text("option", terms.option.as_str())
        .text("title", terms.title.as_str())
        .text("side", terms.side.as_str())
        .won("price", terms.price.won())
        .value("address", AttributeValue::M(address))
        .number("again", i64::from(terms.rebuy_if_failed))
        .number("place", order.priority)
        .won("deposit", terms.deposit)
        .won("earned", order.earned.some())
        .instant("placedAt", order.placed_at)
        .instant("expiresAt", terms.expires_at)
        .text("state", order.state.as_str())
        .text("fingerprint", order.fingerprint.as_str());
    item = match terms.funding {
        OrderFunding::Card(method) => item.id("card", method),
        OrderFunding::Wallet | OrderFunding::Seller => item,
    };
    if order.state == OrderState::Open {
        let (day, at) = keys::orders_expiring(order.id, terms.expires_at);
        item = item.text("gsi2pk", day).text("gsi2sk", at);
    }
    if let Some(Met { trade, price }) = order.met {
        item = item.id("trade", trade).won("metAt", price.won());
    }
    if let Some(Met { trade, price }) = order.at_once {
        item = item.id("firstTrade", trade).won("firstMetAt", price.won());
    }
    if let Some(note) = &terms.note {
        item = item.text("note", note.as_str());
    }
    if let Some(PlacedAs { price, deposit, expires_at }) = order.placed_as {
        item = item.won("placedPrice", price.won()).won("placedDeposit", deposit);
        item = item.instant("placedUntil", expires_at);
    }
    if let (OrderState::Expired, Some(at)) = (order.state, order.ended_at) {
        // Until its owner was told.
        let (day, at) = keys::orders_untold(order.id, at);
        item = item.text("gsi2pk", day).text("gsi2sk", at);
    }
    if let Some(at) = order.ended_at {
        item = item.instant("endedAt", at);
    }
    item.item()
}

/// Reads an order from its item.
pub fn read_order(item: &Item) -> Result<Order, Corrupt> {
    let row = ItemReader(item);
    let state = OrderState::parse(row.text("state")?);
    Ok(Order {
        id: row.id("id")?,
        user: row.id("user")?,
        terms: terms(row)?,
        placed_at: row.instant("placedAt")?,
        state: state.ok_or_else(|| Corrupt("an order's state".to_owned()))?,
        priority: row.count("place")?,
        met: met(row, "trade", "metAt")?,
        at_once: met(row, "firstTrade", "firstMetAt")?,
        placed_as: placed_as(row)?,
        ended_at: row.maybe_number("endedAt").map(Instant::from_millis),
        earned: row.maybe_won("earned")?.unwrap_or_default(),
        fingerprint: row.text("fingerprint")?.to_owned(),
    })
}

fn placed_as(row: ItemReader<'_>) -> Result<Option<PlacedAs>, Corrupt> {
    if row.get("placedPrice").is_none() {
        return Ok(None);
    }
    let price = price_at(row, "placedPrice")?;
    let deposit = row.won("placedDeposit")?;
    Ok(Some(PlacedAs { price, deposit, expires_at: row.instant("placedUntil")? }))
}

fn terms(row: ItemReader<'_>) -> Result<Terms, Corrupt> {
    let side = Side::parse(row.text("side")?).ok_or_else(|| Corrupt("a side".to_owned()))?;
    let funding = match (side, row.get("card")) {
        (Side::Sell, _) => OrderFunding::Seller,
        (Side::Buy, None) => OrderFunding::Wallet,
        (Side::Buy, Some(_)) => OrderFunding::Card(row.id("card")?),
    };
    let address = row.get("address").and_then(|value| value.as_m().ok());
    let address = address.ok_or_else(|| Corrupt("an order's address".to_owned()))?;
    let option = row.text("option")?.parse().map_err(|_| Corrupt("an option".to_owned()))?;
    Ok(Terms {
        item: row.id("item")?,
        option,
        title: row.text("title")?.to_owned(),
        side,
        price: price(row)?,
        funding,
        // Orders of before have none.
        deposit: row.maybe_won("deposit")?.unwrap_or_default(),
        address: read_address(address)?,
        note: read_note(row)?,
        rebuy_if_failed: row.number("again")? == 1,
        expires_at: row.instant("expiresAt")?,
    })
}
