//! The head's codec: short names and raw bytes, because every accepted bid pays for each of its
//! first 1,024 bytes.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::auction::{BidderTag, Hash, Head, KeyHash, Lead, ShortKey, Status, Terms};

use kernel::Instant;

use crate::{Corrupt, Item, ItemReader, ItemWriter, Key, Table, Write, auction::ledger, keys};

/// What one write unit buys.
#[cfg(test)]
pub const HEAD_BYTES_MAX: usize = 1_024;

pub(super) const fn status_text(status: Status) -> &'static str {
    match status {
        Status::Open => "o",
        Status::Won => "w",
        Status::SoldBuyNow => "b",
        Status::Unsold => "u",
        Status::Cancelled => "c",
    }
}

fn status(text: &str) -> Result<Status, Corrupt> {
    match text {
        "o" => Ok(Status::Open),
        "w" => Ok(Status::Won),
        "b" => Ok(Status::SoldBuyNow),
        "u" => Ok(Status::Unsold),
        "c" => Ok(Status::Cancelled),
        other => Err(Corrupt(format!("auction status {other}"))),
    }
}

/// The whole item.
#[must_use]
pub fn encode(head: &Head) -> Item {
    let terms = &head.terms;
    let mut item = ItemWriter::under(&keys::auction_head(terms.auction))
        .id("s", terms.seller)
        .won("sp", terms.start_price)
        .won("in", terms.increment)
        .won("rs", terms.reserve)
        .won("bn", terms.buy_now)
        .instant("sa", terms.starts_at)
        .instant("se", terms.scheduled_end)
        .item();
    if !terms.soft_close {
        item.insert("fx".to_owned(), AttributeValue::Bool(true));
    }
    item.extend(encode_moving(head));
    item
}

/// What changes from bid to bid, without the key.
pub(super) fn encode_moving(head: &Head) -> Item {
    let recent = head.recent.iter().map(|entry| AttributeValue::M(ledger::encode(entry)));
    let mut writer = ItemWriter::default()
        .text("st", status_text(head.status))
        .won("p", head.price)
        .instant("e", head.ends_at)
        .number("q", head.sequence)
        .number("n", head.bid_count)
        .number("ep", head.epoch)
        .bytes("ch", head.chain.0)
        .value("rc", AttributeValue::L(recent.collect()))
        .bytes("rk", head.recent_keys.iter().flat_map(|key| key.0).collect::<Vec<_>>());
    if let Some(lead) = head.lead {
        writer = writer
            .id("l", lead.bidder)
            .bytes("lt", lead.tag.0)
            .bytes("lk", lead.key.0)
            .won("lm", lead.maximum)
            .number("lr", lead.raises);
    } else {
        // After a void there may be no leader any more: an empty text is what overwrites one.
        writer = writer.text("l", "");
    }
    writer.item()
}

/// Replaces the head that stands at `sequence` by `next`, if the auction is open at `now`.
pub(super) fn advance(sequence: u32, next: &Head, now: Instant) -> Write {
    Write::update(Table::Auction, keys::auction_head(next.terms.auction))
        .set_all(encode_moving(next))
        .when_number("q", "=", sequence)
        .when_text("st", "=", status_text(Status::Open))
        .when_number("e", ">", now.millis())
}

/// A head as read.
pub fn decode(item: &Item) -> Result<Head, Corrupt> {
    let row = ItemReader(item);
    let key = Key::of(item).ok_or_else(|| Corrupt("a head without key".to_owned()))?;
    let id = key.pk.strip_prefix(keys::AUCTION_HEAD_PREFIX).and_then(|text| text.parse().ok());
    let recent = row.get("rc").and_then(|value| value.as_l().ok()).map_or(&[][..], Vec::as_slice);
    let recent = recent.iter().map(|value| match value.as_m() {
        Ok(entry) => ledger::decode_fields(entry),
        Err(_) => Err(Corrupt("a head with a broken entry".to_owned())),
    });
    Ok(Head {
        terms: Terms {
            auction: id.ok_or_else(|| Corrupt(format!("head key {}", key.pk)))?,
            seller: row.id("s")?,
            start_price: row.won("sp")?,
            increment: row.maybe_won("in")?,
            reserve: row.maybe_won("rs")?,
            buy_now: row.maybe_won("bn")?,
            starts_at: row.instant("sa")?,
            scheduled_end: row.instant("se")?,
            soft_close: row.get("fx").is_none(),
        },
        status: status(row.text("st")?)?,
        price: row.won("p")?,
        lead: lead(row)?,
        ends_at: row.instant("e")?,
        sequence: row.count("q")?,
        bid_count: row.count("n")?,
        epoch: row.count("ep")?,
        chain: Hash(row.bytes("ch")?),
        recent: recent.collect::<Result<_, _>>()?,
        recent_keys: recent_keys(row)?,
    })
}

/// Eight bytes a key, one after the other.
fn recent_keys(row: ItemReader<'_>) -> Result<Vec<ShortKey>, Corrupt> {
    let bytes = row.get("rk").and_then(|value| value.as_b().ok());
    let bytes = bytes.map_or(&[][..], |blob| blob.as_ref());
    let (keys, rest) = bytes.as_chunks();
    if rest.is_empty() {
        return Ok(keys.iter().copied().map(ShortKey).collect());
    }
    Err(Corrupt("a head with a broken key".to_owned()))
}

fn lead(row: ItemReader<'_>) -> Result<Option<Lead>, Corrupt> {
    if row.maybe_text("l").is_some() {
        return Ok(None);
    }
    Ok(Some(Lead {
        bidder: row.id("l")?,
        tag: BidderTag(row.bytes("lt")?),
        key: KeyHash(row.bytes("lk")?),
        maximum: row.won("lm")?,
        raises: u8::try_from(row.maybe_number("lr").unwrap_or_default()).unwrap_or(u8::MAX),
    }))
}

#[cfg(test)]
mod tests {
    use domain::auction::{
        Bid, Offer, RECENT_ENTRIES_MAX, RECENT_KEYS_MAX, Salt, Standing, decide, ledger::genesis,
    };
    use kernel::{Id, Instant, Span, Won};
    use uuid::Uuid;

    use super::*;

    fn fullest() -> Head {
        let start = Instant::from_millis(1_900_000_000_000);
        let amount = |n: i64| Won::constant(Won::MAX.get() - 100_000_000 + n);
        let terms = Terms {
            auction: Id::from_uuid(Uuid::from_u128(u128::MAX)),
            seller: Id::from_uuid(Uuid::from_u128(7)),
            start_price: amount(0),
            increment: Some(Won::constant(1_000_000)),
            reserve: Some(amount(1)),
            buy_now: Some(Won::MAX),
            starts_at: start,
            scheduled_end: start + Span::days(30),
            soft_close: false,
        };
        let chain = genesis(&terms, Salt([255; 16]));
        let mut head = Head::new(terms, chain);
        for n in 1..=30 {
            let bidder = Id::from_uuid(Uuid::from_u128(u128::MAX - n));
            let byte = u8::try_from(n).unwrap();
            let bid = Bid {
                bidder,
                tag: BidderTag([byte; 8]),
                key: KeyHash([byte; 16]),
                salt: Salt([byte; 16]),
                standing: Standing::default(),
            };
            let offer = Offer::new(head.minimum_next_bid(), None).unwrap();
            head = decide(&head, &bid, offer, start + Span::seconds(1)).unwrap().head;
        }
        head
    }

    fn size(item: &Item) -> usize {
        fn weight(value: &AttributeValue) -> usize {
            match value {
                AttributeValue::S(text) => text.len(),
                AttributeValue::N(text) => text.len().div_ceil(2) + 1,
                AttributeValue::B(bytes) => bytes.as_ref().len(),
                AttributeValue::Bool(_) => 1,
                AttributeValue::L(list) => 3 + list.iter().map(|v| 1 + weight(v)).sum::<usize>(),
                AttributeValue::M(map) => 3 + map.len() + size(map),
                other => panic!("{other:?} is not in a head"),
            }
        }
        item.iter().map(|(name, v)| name.len() + weight(v)).sum()
    }

    #[test]
    fn the_fullest_head_fits_one_write_unit() {
        let head = fullest();
        assert_eq!(head.recent.len(), RECENT_ENTRIES_MAX);
        assert_eq!(head.recent_keys.len(), RECENT_KEYS_MAX);
        let bytes = size(&encode(&head));
        assert!(bytes <= HEAD_BYTES_MAX, "{bytes}");
    }

    #[test]
    fn a_head_reads_as_it_was_written() {
        let full = fullest();
        assert_eq!(decode(&encode(&full)).unwrap(), full);
        let empty = Head::new(full.terms.clone(), full.chain);
        assert_eq!(decode(&encode(&empty)).unwrap(), empty);
    }
}
