//! What a ledger gives when it is replayed without some of its bids.

use crate::{Lot, Phase, Saleroom, Who};

/// What a line of a ledger is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Bid,
    Purchase,
    /// An admin took the bid of this number back.
    Void(u32),
}

/// A line of a ledger: what was accepted, in won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcceptedBid {
    /// 1, 2, 3, …
    pub number: u32,
    pub purpose: Purpose,
    pub who: Who,
    /// What counted as the amount.
    pub amount: i64,
    pub maximum: i64,
}

/// Price, leader and number of bids had only those bids come that `counts` says; bids that were
/// taken back never count. The end is not rebuilt: what has been waited for is past.
///
/// A bid was good when it came. Without others before it it is not refused for what it said then:
/// it stands by its maximum, and makes no difference where that is not above the price.
#[must_use]
pub fn rebuilt(
    lot: &Lot,
    ledger: &[AcceptedBid],
    counts: impl Fn(&AcceptedBid) -> bool,
) -> Saleroom {
    let is_void = |number: u32| ledger.iter().any(|it| it.purpose == Purpose::Void(number));
    let mut room = Saleroom::of(lot.clone());
    for line in ledger {
        if line.purpose != Purpose::Bid || is_void(line.number) || !counts(line) {
            continue;
        }
        room.bids += 1;
        match room.leading {
            None => room.stand(line.who, line.amount.max(lot.start_price), line.maximum),
            Some(lead) if lead.who == line.who && line.maximum <= lead.maximum => {}
            Some(lead) if lead.who != line.who && line.maximum <= room.price => {}
            Some(_) => room.stand(line.who, line.amount, line.maximum),
        }
    }
    room
}

/// What becomes of `room` when an admin takes the bid of this number back at `at`; `ledger` is the
/// whole of it so far. `None`: it is over, or there is no such bid that counts.
#[must_use]
pub fn taken_back(
    room: &Saleroom,
    ledger: &[AcceptedBid],
    number: u32,
    at: i64,
) -> Option<Saleroom> {
    if room.phase != Phase::Running || at >= room.ends_at {
        return None;
    }
    let already = ledger.iter().any(|line| line.purpose == Purpose::Void(number));
    let is_bid = |line: &AcceptedBid| line.number == number && line.purpose == Purpose::Bid;
    if already || !ledger.iter().any(is_bid) {
        return None;
    }
    let without = rebuilt(&room.lot, ledger, |line| line.number != number);
    Some(Saleroom { ends_at: room.ends_at, ..without })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::saleroom::tests::lot;

    fn bid(number: u32, who: Who, amount: i64, maximum: i64) -> AcceptedBid {
        AcceptedBid { number, purpose: Purpose::Bid, who, amount, maximum }
    }

    #[test]
    fn without_a_voided_bid_it_is_as_if_it_had_never_come() {
        let mut ledger =
            vec![bid(1, 1, 10_000, 30_000), bid(2, 2, 10_500, 50_000), bid(3, 3, 31_000, 31_000)];
        let whole = rebuilt(&lot(), &ledger, |_| true);
        assert_eq!((whole.price, whole.leading.unwrap().who, whole.bids), (31_500, 2, 3));
        ledger.push(AcceptedBid { number: 4, purpose: Purpose::Void(2), ..ledger[1] });
        let taken = taken_back(&whole, &ledger[..3], 2, 1).unwrap();
        assert_eq!(taken, rebuilt(&lot(), &ledger, |_| true));
        for (lines, number, at) in [(4, 2, 1), (4, 4, 1), (3, 7, 1), (3, 2, whole.ends_at)] {
            assert_eq!(taken_back(&whole, &ledger[..lines], number, at), None, "{number} at {at}");
        }
        let room = taken;
        // The third leads over the first's 30,000: 500 above it, at least its own 31,000.
        assert_eq!((room.price, room.leading.unwrap().who, room.bids), (31_000, 3, 2));
    }

    #[test]
    fn a_raise_without_the_bid_that_it_raised_stands_by_itself() {
        let mut ledger = vec![bid(1, 1, 10_000, 20_000), bid(2, 1, 10_000, 40_000)];
        ledger.push(AcceptedBid { number: 3, purpose: Purpose::Void(1), ..ledger[0] });
        let room = rebuilt(&lot(), &ledger, |_| true);
        let leading = room.leading.unwrap();
        assert_eq!((room.price, leading.maximum, leading.raises), (10_000, 40_000, 0));
    }

    #[test]
    fn a_bid_under_the_price_that_is_left_makes_no_difference() {
        let ledger = [bid(1, 1, 30_000, 30_000), bid(2, 2, 12_000, 12_000)];
        assert_eq!(rebuilt(&lot(), &ledger, |_| true).price, 30_000);
    }
}
