//! A ledger entry as one value: how the head carries its newest.
//!
//! Attribute by attribute each would be three times as long on the wire and forty values to put
//! together, and every bid pays for it. The ledger's own rows stay readable.

use domain::auction::{BidderTag, Entry, EntryKind, Hash, KeyHash, Salt};
use kernel::{Id, Instant, Won};
use uuid::Uuid;

/// The first byte, so that a later form cannot be confused with this one.
const FORM: u8 = 1;
/// All but a void's sequence and the leader.
const LEN_LEAST: usize = 2 + 2 * 4 + 16 + 8 + 16 + 16 + 6 * 8 + 32;
const LEN_MOST: usize = LEN_LEAST + 4 + 8;

const BID: u8 = 0;
const BUY_NOW: u8 = 1;
const VOID: u8 = 2;
/// Beside the kind: somebody leads after the entry.
const LED: u8 = 0x10;

/// Numbers have their highest byte first; a void's sequence and the leader come last.
pub(super) fn pack(entry: &Entry) -> Vec<u8> {
    let kind = match entry.kind {
        EntryKind::Bid => BID,
        EntryKind::BuyNow => BUY_NOW,
        EntryKind::Void { .. } => VOID,
    };
    let led = if entry.leader.is_some() { LED } else { 0 };
    let mut bytes = Vec::with_capacity(LEN_MOST);
    bytes.extend([FORM, kind | led]);
    bytes.extend(entry.sequence.to_be_bytes());
    bytes.extend(entry.epoch.to_be_bytes());
    bytes.extend(entry.bidder.uuid().as_bytes());
    bytes.extend(entry.tag.0);
    bytes.extend(entry.key.0);
    bytes.extend(entry.salt.0);
    for won in [entry.amount, entry.asked, entry.maximum, entry.price] {
        bytes.extend(won.get().to_be_bytes());
    }
    bytes.extend(entry.received_at.millis().to_be_bytes());
    bytes.extend(entry.ends_at.millis().to_be_bytes());
    bytes.extend(entry.hash.0);
    if let EntryKind::Void { sequence } = entry.kind {
        bytes.extend(sequence.to_be_bytes());
    }
    if let Some(BidderTag(leader)) = entry.leader {
        bytes.extend(leader);
    }
    bytes
}

/// `None`: that is no entry.
pub(super) fn unpack(bytes: &[u8]) -> Option<Entry> {
    let mut rest = Rest(bytes);
    let [form, kind] = rest.take()?;
    if form != FORM {
        return None;
    }
    // In the order of the bytes.
    let entry = Entry {
        sequence: rest.count()?,
        epoch: rest.count()?,
        bidder: Id::from_uuid(Uuid::from_bytes(rest.take()?)),
        tag: BidderTag(rest.take()?),
        key: KeyHash(rest.take()?),
        salt: Salt(rest.take()?),
        amount: rest.won()?,
        asked: rest.won()?,
        maximum: rest.won()?,
        price: rest.won()?,
        received_at: rest.instant()?,
        ends_at: rest.instant()?,
        hash: Hash(rest.take()?),
        kind: match kind & !LED {
            BID => EntryKind::Bid,
            BUY_NOW => EntryKind::BuyNow,
            VOID => EntryKind::Void { sequence: rest.count()? },
            _ => return None,
        },
        leader: if kind & LED == 0 { None } else { Some(BidderTag(rest.take()?)) },
    };
    rest.0.is_empty().then_some(entry)
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }
    fn count(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }
    fn won(&mut self) -> Option<Won> {
        Won::new(self.take().map(i64::from_be_bytes)?).ok()
    }
    /// Held times are read as they were written: none is outside of what an instant can be.
    fn instant(&mut self) -> Option<Instant> {
        let millis = self.take().map(i64::from_be_bytes)?;
        Some(Instant::from_millis(millis)).filter(|instant| instant.millis() == millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            sequence: 7,
            epoch: 2,
            kind: EntryKind::Bid,
            bidder: Id::from_uuid(Uuid::from_u128(0x0193_8f3c_7e2a_7000_8000_0000_0000_000a)),
            tag: BidderTag([1, 2, 3, 4, 5, 6, 7, 8]),
            key: KeyHash([0xab; 16]),
            salt: Salt([0xcd; 16]),
            amount: Won::constant(12_000),
            asked: Won::constant(12_500),
            maximum: Won::constant(20_000),
            received_at: Instant::from_millis(1_900_000_000_001),
            price: Won::constant(12_001),
            leader: Some(BidderTag([1, 2, 3, 4, 5, 6, 7, 9])),
            ends_at: Instant::from_millis(1_900_000_000_002),
            hash: Hash([0xef; 32]),
        }
    }

    fn entries() -> Vec<Entry> {
        let first = entry();
        let id = |number| Id::from_uuid(Uuid::from_u128(number));
        vec![
            first.clone(),
            Entry { leader: None, ..first.clone() },
            Entry { leader: Some(first.tag), kind: EntryKind::BuyNow, ..first.clone() },
            Entry { kind: EntryKind::Void { sequence: 6 }, ..first.clone() },
            Entry { kind: EntryKind::Void { sequence: u32::MAX }, leader: None, ..first.clone() },
            Entry {
                sequence: u32::MAX,
                epoch: u32::MAX,
                bidder: id(u128::MAX),
                tag: BidderTag([255; 8]),
                amount: Won::MAX,
                asked: Won::MAX,
                maximum: Won::MAX,
                price: Won::MAX,
                received_at: Instant::from_millis(i64::MAX),
                ends_at: Instant::from_millis(i64::MAX),
                ..first.clone()
            },
            Entry {
                sequence: 0,
                epoch: 0,
                bidder: id(0),
                amount: Won::ZERO,
                asked: Won::ZERO,
                maximum: Won::ZERO,
                price: Won::ZERO,
                received_at: Instant::from_millis(0),
                ends_at: Instant::from_millis(0),
                ..first
            },
        ]
    }

    #[test]
    fn an_entry_is_read_as_it_was_packed() {
        for entry in entries() {
            let bytes = pack(&entry);
            assert!((LEN_LEAST..=LEN_MOST).contains(&bytes.len()), "{}", bytes.len());
            assert_eq!(unpack(&bytes), Some(entry));
        }
    }

    /// The form is in tables: it may not change unseen.
    #[test]
    fn the_packed_form_is_this() {
        let voided = Entry { kind: EntryKind::Void { sequence: 6 }, ..entry() };
        let due = concat!(
            "01",
            "12",
            "00000007",
            "00000002",
            "01938f3c7e2a7000800000000000000a",
            "0102030405060708",
            "abababababababababababababababab",
            "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
            "0000000000002ee0",
            "00000000000030d4",
            "0000000000004e20",
            "0000000000002ee1",
            "000001ba60d33801",
            "000001ba60d33802",
            "efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef",
            "00000006",
            "0102030405060709",
        );
        assert_eq!(hex::encode(pack(&voided)), due);
    }

    #[test]
    fn what_is_no_entry_is_not_read_as_one() {
        for entry in entries() {
            let whole = pack(&entry);
            for end in 0..whole.len() {
                assert_eq!(unpack(&whole[..end]), None, "{end} bytes of {entry:?}");
            }
            assert_eq!(unpack(&[&*whole, &[0]].concat()), None);
            for (place, byte) in [(0, 0), (0, 2), (1, 3), (1, 0x20), (1, 0xff)] {
                let mut other = whole.clone();
                other[place] = byte;
                assert_eq!(unpack(&other), None, "{byte} at {place} of {entry:?}");
            }
            // Amounts and instants begin with a byte that is never so high.
            for number in 0..6 {
                let mut other = whole.clone();
                other[2 + 2 * 4 + 16 + 8 + 16 + 16 + number * 8] = 0x7f;
                assert_eq!(unpack(&other), None, "number {number} of {entry:?}");
            }
        }
    }
}
