//! All that is committed, read past every access pattern: what invariants are judged by.

use std::{collections::BTreeMap, sync::OnceLock};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::auction::Head;
use kernel::AuctionId;
use local::Cloud;
use platform::App;
use serde_json::Value;
use store::{
    Item, Table,
    auction::{AuctionRow, LedgerRow, decode_entry, decode_head},
    from_item, outbox,
};

/// Every row of every table.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    tables: BTreeMap<Table, Vec<Item>>,
    ledgers: OnceLock<BTreeMap<AuctionId, Vec<LedgerRow>>>,
}

impl Rows {
    #[expect(clippy::disallowed_methods, reason = "the product never scans; its judge must")]
    pub(crate) async fn read(app: &App, cloud: &Cloud) -> Self {
        let client = aws_sdk_dynamodb::Client::new(&cloud.sdk_config());
        let mut rows = Self::default();
        for table in Table::ALL {
            let pages = client.scan().table_name(app.store.table_name(*table));
            let items = pages.into_paginator().items().send();
            let items = items.collect::<Result<Vec<_>, _>>().await.unwrap();
            rows.tables.insert(*table, items);
        }
        rows
    }

    /// The same of a cloud, past the SDK and its faults: quick, and no call that anybody counts.
    #[must_use]
    pub fn of(cloud: &Cloud) -> Self {
        let table = |table: &Table| {
            let items = cloud.items(*table).unwrap();
            (*table, items.into_iter().map(item).collect())
        };
        Self { tables: Table::ALL.iter().map(table).collect(), ledgers: OnceLock::new() }
    }

    pub fn table(&self, table: Table) -> &[Item] {
        self.tables.get(&table).map_or(&[], Vec::as_slice)
    }

    /// The rows of a table whose partition key begins with `prefix`.
    pub fn under(&self, table: Table, prefix: &str) -> Vec<Item> {
        let matches = |item: &&Item| item["pk"].as_s().unwrap().starts_with(prefix);
        self.table(table).iter().filter(matches).cloned().collect()
    }

    pub fn heads(&self) -> Vec<Head> {
        self.under(Table::Auction, store::keys::AUCTION_HEAD_PREFIX)
            .iter()
            .map(|item| decode_head(item).unwrap())
            .collect()
    }

    pub fn auctions(&self) -> BTreeMap<AuctionId, AuctionRow> {
        let rows = self.under(Table::Auction, store::keys::AUCTION_PREFIX).into_iter();
        let rows = rows.filter(|item| item["sk"].as_s().unwrap() == "-");
        let rows = rows.map(|item| from_item::<AuctionRow>(item).unwrap());
        rows.map(|row| (row.auction, row)).collect()
    }

    /// Recorded entries of an auction, in order.
    pub fn ledger(&self, auction: AuctionId) -> Vec<LedgerRow> {
        self.ledgers().get(&auction).cloned().unwrap_or_default()
    }

    /// The same of every auction that was bid on. Read once: there are many questions to it.
    pub fn ledgers(&self) -> &BTreeMap<AuctionId, Vec<LedgerRow>> {
        self.ledgers.get_or_init(|| {
            let mut ledgers: BTreeMap<AuctionId, Vec<LedgerRow>> = BTreeMap::new();
            for item in self.table(Table::Auction).iter().filter(|item| item.contains_key("au")) {
                let row = decode_entry(item).unwrap();
                ledgers.entry(row.auction).or_default().push(row);
            }
            for ledger in ledgers.values_mut() {
                ledger.sort_by_key(|row| row.entry.sequence);
            }
            ledgers
        })
    }

    /// Kinds of the events that still wait in the outbox.
    pub fn outbox_waiting(&self) -> Vec<String> {
        let waiting =
            self.table(Table::Outbox).iter().filter_map(|item| outbox::pending(item).unwrap());
        waiting.map(|envelope| envelope.kind).collect()
    }
}

/// An item from DynamoDB's JSON.
fn item(json: Value) -> Item {
    let Value::Object(members) = json else { panic!("no item: {json}") };
    members.into_iter().map(|(name, value)| (name, attribute(value))).collect()
}

fn attribute(json: Value) -> AttributeValue {
    let Value::Object(tagged) = json else { panic!("no attribute: {json}") };
    let (tag, value) = tagged.into_iter().next().unwrap();
    let texts = |value: Value| -> Vec<String> { serde_json::from_value(value).unwrap() };
    match (tag.as_str(), value) {
        ("S", Value::String(text)) => AttributeValue::S(text),
        ("N", Value::String(text)) => AttributeValue::N(text),
        ("B", Value::String(text)) => AttributeValue::B(Blob::new(STANDARD.decode(text).unwrap())),
        ("BOOL", Value::Bool(it)) => AttributeValue::Bool(it),
        ("NULL", _) => AttributeValue::Null(true),
        ("L", Value::Array(list)) => AttributeValue::L(list.into_iter().map(attribute).collect()),
        ("M", map) => AttributeValue::M(item(map)),
        ("SS", list) => AttributeValue::Ss(texts(list)),
        ("NS", list) => AttributeValue::Ns(texts(list)),
        (tag, value) => panic!("an attribute of no kind that we write: {tag} {value}"),
    }
}
