//! The row of an item.

use std::{collections::BTreeSet, str::FromStr};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::catalog::{CatalogItem, Images, ItemFacts, ReleasePrice};
use kernel::{CatalogItemId, Instant};

use crate::{Corrupt, Item, ItemReader, ItemWriter, Table, Write, keys};

/// A new item, on both lists.
pub(super) fn item(item: &CatalogItem) -> Item {
    let (list, order) = keys::catalog_items(item.id, item.created_at);
    let (hot, rank) = keys::catalog_hot(item.id, item.created_at, item.completed_trades);
    let writer = ItemWriter::under(&keys::catalog_item(item.id))
        .text("id", item.id.to_string())
        .instant("createdAt", item.created_at)
        .number("version", item.version)
        .number("completedTrades", item.completed_trades)
        .text("gsi1pk", list)
        .text("gsi1sk", order)
        .text("gsi2pk", hot)
        .text("gsi2sk", rank);
    let mut row = facts(writer, &item.facts).item();
    // Sets of texts cannot be empty: they begin with their first member.
    for (name, members) in [
        ("options", item.options.iter().map(ToString::to_string).collect::<Vec<_>>()),
        ("tags", item.tags.iter().map(ToString::to_string).collect()),
    ] {
        if !members.is_empty() {
            row.insert(name.to_owned(), AttributeValue::Ss(members));
        }
    }
    row
}

fn facts(item: ItemWriter, facts: &ItemFacts) -> ItemWriter {
    let images = facts.images.keys().iter().cloned().map(AttributeValue::S).collect();
    let item = item
        .text("nameKo", facts.name_ko.as_str())
        .text("nameEn", facts.name_en.as_str())
        .text("model", facts.model.as_str())
        .value("images", AttributeValue::L(images))
        .won("releasePrice", facts.release_price.map(ReleasePrice::won));
    match facts.release_date {
        Some(date) => item.text("releaseDate", date.to_string()),
        None => item,
    }
}

pub(crate) fn read(item: &Item) -> Result<CatalogItem, Corrupt> {
    let row = ItemReader(item);
    let price = row.maybe_won("releasePrice")?.map(ReleasePrice::try_from).transpose();
    let date = row.maybe_text("releaseDate").map(|text| parsed(text, "releaseDate")).transpose();
    let images = Images::new(list(row, "images"));
    Ok(CatalogItem {
        id: parsed(row.text("id")?, "id")?,
        facts: ItemFacts {
            name_ko: parsed(row.text("nameKo")?, "nameKo")?,
            name_en: parsed(row.text("nameEn")?, "nameEn")?,
            model: parsed(row.text("model")?, "model")?,
            release_date: date?,
            release_price: price.map_err(|_| corrupt("releasePrice"))?,
            images: images.map_err(|_| corrupt("images"))?,
        },
        options: members(row, "options")?,
        tags: members(row, "tags")?,
        created_at: row.instant("createdAt")?,
        version: row.count("version")?,
        completed_trades: row.count("completedTrades")?,
        deleted: row.get("deletedAt").is_some(),
    })
}

fn list(row: ItemReader<'_>, name: &str) -> Vec<String> {
    let values = row.get(name).and_then(|value| value.as_l().ok()).map_or(&[][..], Vec::as_slice);
    values.iter().filter_map(|value| value.as_s().ok()).cloned().collect()
}

/// A set of texts; absent is empty.
fn members<T: FromStr + Ord>(row: ItemReader<'_>, name: &str) -> Result<BTreeSet<T>, Corrupt> {
    texts(row, name).iter().map(|text| parsed(text, name)).collect()
}

/// A set of texts as it stands; absent is empty.
pub(super) fn texts<'a>(row: ItemReader<'a>, name: &str) -> &'a [String] {
    row.get(name).and_then(|value| value.as_ss().ok()).map_or(&[][..], Vec::as_slice)
}

fn parsed<T: FromStr>(text: &str, name: &str) -> Result<T, Corrupt> {
    text.parse().map_err(|_| corrupt(name))
}

fn corrupt(name: &str) -> Corrupt {
    Corrupt(format!("a catalogue item's {name}"))
}

/// An update of an item that is there and not deleted.
pub(super) fn live(item: CatalogItemId) -> Write {
    let update = Write::update(Table::Catalog, keys::catalog_item(item));
    update.if_present("pk").if_absent("deletedAt")
}

/// `after` in the place of `before`, if that still stands there. Options, tags and the count of
/// trades stay as they are.
pub(super) fn replace(before: &CatalogItem, after: &CatalogItem) -> Write {
    let said = facts(ItemWriter::default(), &after.facts).item();
    let mut write = live(after.id)
        .when_number("version", "=", before.version)
        .set_all(said)
        .set_number("version", after.version);
    if after.facts.release_date.is_none() {
        write = write.remove("releaseDate");
    }
    if after.facts.release_price.is_none() {
        write = write.remove("releasePrice");
    }
    write
}

/// Takes an item off both lists, if it still stands as `before`.
pub(super) fn delete(before: &CatalogItem, now: Instant) -> Write {
    let write = live(before.id).when_number("version", "=", before.version);
    let write = write.set_number("version", before.delete().version);
    let write = write.set_number("deletedAt", now.millis());
    ["gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"].into_iter().fold(write, Write::remove)
}

/// Moves an item to its place among the hot ones, if no other trade was counted since.
pub(super) fn count(item: &CatalogItem, trades: u32) -> Write {
    let (_, rank) = keys::catalog_hot(item.id, item.created_at, trades);
    live(item.id)
        .when_number("completedTrades", "=", item.completed_trades)
        .set_number("completedTrades", trades)
        .set_text("gsi2sk", rank)
}

#[cfg(test)]
mod tests {
    use domain::catalog::{ItemOption, Tag};
    use kernel::{Id, Won};

    use super::*;

    fn shoe() -> CatalogItem {
        let facts = ItemFacts {
            name_ko: "덩크 로우".parse().unwrap(),
            name_en: "Dunk Low".parse().unwrap(),
            model: "DD1391-100".parse().unwrap(),
            release_date: Some("2026-11-21".parse().unwrap()),
            release_price: Some(ReleasePrice::try_from(Won::constant(139_000)).unwrap()),
            images: Images::new(vec!["b".to_owned(), "a".to_owned()]).unwrap(),
        };
        let id = Id::from_uuid(uuid::Uuid::from_u128(1));
        CatalogItem::new(id, facts, Instant::from_millis(1_795_219_200_000))
    }

    #[test]
    fn a_row_reads_as_what_was_written() {
        let bare = ItemFacts {
            release_date: None,
            release_price: None,
            images: Images::default(),
            ..shoe().facts
        };
        let full = CatalogItem {
            options: ItemOption::all().collect(),
            tags: ["스니커즈", "a b"].iter().map(|tag| tag.parse::<Tag>().unwrap()).collect(),
            version: 9,
            completed_trades: 7,
            ..shoe()
        };
        for due in [shoe(), CatalogItem { facts: bare, ..shoe() }, full] {
            assert_eq!(read(&item(&due)).unwrap(), due);
        }
    }

    #[test]
    fn a_row_that_is_no_item_is_said_to_be_corrupt() {
        for (name, value) in [
            ("id", "1"),
            ("nameKo", ""),
            ("model", "덩크"),
            ("releaseDate", "yesterday"),
            ("releasePrice", "text"),
        ] {
            let mut row = item(&shoe());
            row.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
            assert!(read(&row).is_err(), "{name}");
        }
        for name in ["nameEn", "version", "createdAt", "completedTrades"] {
            let mut row = item(&shoe());
            row.remove(name);
            assert!(read(&row).is_err(), "{name}");
        }
    }
}
