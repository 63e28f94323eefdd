//! The head's codec: short names and raw bytes, because every accepted bid pays for each of its
//! first 1,024 bytes.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use domain::auction::{BidderTag, Entry, Hash, Head, KeyHash, Lead, ShortKey, Status, Terms};

use kernel::Instant;

use super::{ledger, packed};
use crate::{Corrupt, Item, ItemReader, ItemWriter, Key, Table, Write, keys};

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
    item.extend(encode_moving(head).into_iter().map(|(name, value)| (name.to_owned(), value)));
    item
}

/// What changes from bid to bid, without the key.
fn encode_moving(head: &Head) -> Vec<(&'static str, AttributeValue)> {
    let recent = head.recent.iter().map(|entry| bytes(packed::pack(entry))).collect();
    let keys: Vec<u8> = head.recent_keys.iter().flat_map(|key| key.0).collect();
    let mut moving = vec![
        ("st", text(status_text(head.status))),
        ("p", number(head.price)),
        ("e", number(head.ends_at.millis())),
        ("q", number(head.sequence)),
        ("n", number(head.bid_count)),
        ("ep", number(head.epoch)),
        ("ch", bytes(head.chain.0)),
        ("rc", AttributeValue::L(recent)),
        ("rk", bytes(keys)),
    ];
    if let Some(lead) = head.lead {
        moving.extend([
            ("l", bytes(*lead.bidder.uuid().as_bytes())),
            ("lt", bytes(lead.tag.0)),
            ("lk", bytes(lead.key.0)),
            ("lm", number(lead.maximum)),
            ("lr", number(lead.raises)),
        ]);
    } else {
        // After a void there may be no leader any more: an empty text is what overwrites one.
        moving.push(("l", text("")));
    }
    moving
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(number: impl Into<i64>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

fn bytes(bytes: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

/// Replaces the head that stands at `sequence` by `next`, if the auction is open at `now`.
pub(super) fn advance(sequence: u32, next: &Head, now: Instant) -> Write {
    Write::update(Table::Auction, keys::auction_head(next.terms.auction))
        .set_each(encode_moving(next))
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
    let recent = recent.iter().map(recent_entry);
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

/// One of the newest entries. Before they were packed they were written like the ledger's rows, and
/// such heads stand until their next bids. A version from then takes a packed one for broken, and
/// says so: its recorder does not pass over a bid, which comes again.
fn recent_entry(value: &AttributeValue) -> Result<Entry, Corrupt> {
    match value {
        AttributeValue::B(bytes) => packed::unpack(bytes.as_ref()).ok_or_else(broken),
        AttributeValue::M(entry) => ledger::decode_fields(entry),
        _ => Err(broken()),
    }
}

fn broken() -> Corrupt {
    Corrupt("a head with a broken entry".to_owned())
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

    /// Heads from before entries were packed stand in tables, and half of a head's entries may be
    /// from then.
    #[test]
    fn a_head_from_before_entries_were_packed_reads_the_same() {
        let full = fullest();
        for from_before in [&[0, 1, 2][..], &[1, 2], &[2]] {
            let mut item = encode(&full);
            let Some(AttributeValue::L(recent)) = item.get_mut("rc") else { panic!("no list") };
            for place in from_before {
                recent[*place] = AttributeValue::M(ledger::encode(&full.recent[*place]));
            }
            assert_eq!(decode(&item).unwrap(), full, "{from_before:?}");
        }
    }

    #[test]
    fn a_head_with_a_broken_entry_is_corrupt() {
        let packed = packed::pack(&fullest().recent[0]);
        for broken in [
            AttributeValue::B(Blob::new([])),
            AttributeValue::B(Blob::new(&packed[1..])),
            AttributeValue::S("entry".to_owned()),
            AttributeValue::M(Item::new()),
        ] {
            let mut item = encode(&fullest());
            let Some(AttributeValue::L(recent)) = item.get_mut("rc") else { panic!("no list") };
            recent[1] = broken.clone();
            assert!(decode(&item).is_err(), "{broken:?}");
        }
    }
}
