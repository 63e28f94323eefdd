//! Ledger rows: one per accepted bid (in the bidder's partition) or void.

use domain::auction::{BidderTag, Entry, EntryKind, Hash, KeyHash, Salt};
use kernel::AuctionId;

use crate::{Corrupt, Item, ItemReader, ItemWriter, keys};

/// A recorded entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    pub auction: AuctionId,
    pub entry: Entry,
    /// The void entry that took this bid back.
    pub voided_by: Option<u32>,
}

/// The row of an entry.
#[must_use]
pub fn row(auction: AuctionId, entry: &Entry) -> Item {
    row_named(auction, entry, &entry.key.to_string())
}

/// The row of a bid whose own place is taken by an earlier bid under the same key.
pub(super) fn second_row(auction: AuctionId, entry: &Entry) -> Item {
    row_named(auction, entry, &second_name(&entry.key.to_string(), entry.sequence))
}

pub(super) fn second_name(name: &str, sequence: u32) -> String {
    format!("{name}#{sequence}")
}

fn row_named(auction: AuctionId, entry: &Entry, name: &str) -> Item {
    let key = match entry.kind {
        EntryKind::Void { .. } => keys::void(auction, entry.sequence),
        EntryKind::Bid | EntryKind::BuyNow => keys::bid(entry.bidder, auction, name),
    };
    let (pk, sk) = keys::ledger(auction, entry.sequence);
    let mut item =
        ItemWriter::under(&key).text("gsi1pk", pk).text("gsi1sk", sk).id("au", auction).item();
    item.extend(encode(entry));
    item
}

pub fn decode(item: &Item) -> Result<LedgerRow, Corrupt> {
    let row = ItemReader(item);
    let voided_by = row.get("vd").map(|_| row.count("vd")).transpose()?;
    Ok(LedgerRow { auction: row.id("au")?, entry: decode_fields(item)?, voided_by })
}

pub(super) fn encode(entry: &Entry) -> Item {
    let mut writer = ItemWriter::default()
        .number("q", entry.sequence)
        .number("ep", entry.epoch)
        .id("b", entry.bidder)
        .bytes("t", entry.tag.0)
        .bytes("k", entry.key.0)
        .bytes("sl", entry.salt.0)
        .won("a", entry.amount)
        .won("m", entry.maximum)
        .instant("r", entry.received_at)
        .won("p", entry.price)
        .instant("e", entry.ends_at)
        .bytes("h", entry.hash.0);
    writer = match entry.kind {
        EntryKind::Bid => writer,
        EntryKind::BuyNow => writer.text("kd", "n"),
        EntryKind::Void { sequence } => writer.number("kd", sequence),
    };
    if entry.asked != entry.amount {
        writer = writer.won("o", entry.asked);
    }
    match entry.leader {
        Some(tag) => writer.bytes("l", tag.0).item(),
        None => writer.item(),
    }
}

pub(super) fn decode_fields(item: &Item) -> Result<Entry, Corrupt> {
    let row = ItemReader(item);
    let kind = match (row.maybe_number("kd"), row.maybe_text("kd")) {
        (Some(_), _) => EntryKind::Void { sequence: row.count("kd")? },
        (None, Some("n")) => EntryKind::BuyNow,
        (None, None) => EntryKind::Bid,
        (None, Some(other)) => return Err(Corrupt(format!("entry kind {other}"))),
    };
    let amount = row.won("a")?;
    Ok(Entry {
        sequence: row.count("q")?,
        epoch: row.count("ep")?,
        kind,
        bidder: row.id("b")?,
        tag: BidderTag(row.bytes("t")?),
        key: KeyHash(row.bytes("k")?),
        salt: Salt(row.bytes("sl")?),
        amount,
        asked: row.get("o").map_or(Ok(amount), |_| row.won("o"))?,
        maximum: row.won("m")?,
        received_at: row.instant("r")?,
        price: row.won("p")?,
        leader: row.maybe_bytes("l")?.map(BidderTag),
        ends_at: row.instant("e")?,
        hash: Hash(row.bytes("h")?),
    })
}
