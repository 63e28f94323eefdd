//! "Second-chance price = what the ledger gives when replayed without everybody already asked."

use crate::{AcceptedBid, Lot, Who, rebuilt};

/// How many bidders are asked after the winner, one after another.
pub const OFFERS_MAX: usize = 3;

/// Whom to ask next, and for how much. `asked`: the winner first, then everybody who was made an
/// offer in this cascade, whatever came of it.
#[must_use]
pub fn next_offer(lot: &Lot, ledger: &[AcceptedBid], asked: &[Who]) -> Option<(Who, i64)> {
    if asked.len() > OFFERS_MAX {
        return None;
    }
    let room = rebuilt(lot, ledger, |line| !asked.contains(&line.who) && line.who != lot.seller);
    // Whose maximum is under the reserve is not asked; nobody else has more.
    room.leading.filter(|_| room.reserve_met()).map(|lead| (lead.who, room.price))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Purpose, saleroom::tests::lot};

    fn bid(number: u32, who: Who, amount: i64, maximum: i64) -> AcceptedBid {
        AcceptedBid { number, purpose: Purpose::Bid, who, amount, maximum }
    }

    fn purchase(number: u32, who: Who, price: i64) -> AcceptedBid {
        let purpose = Purpose::Purchase;
        AcceptedBid { number, purpose, who, amount: price, maximum: price }
    }

    /// F3: whoever buys at once and does not pay leaves the honest bidder at the honest price.
    #[test]
    fn a_shill_sells_no_honest_maximum() {
        let lot = Lot { buy_now: Some(900_000), ..lot() };
        let ledger = [bid(1, 1, 10_000, 100_000), purchase(2, 2, 900_000)];
        assert_eq!(next_offer(&lot, &ledger, &[2]), Some((1, 10_000)));
    }

    #[test]
    fn everybody_is_asked_once_at_what_those_who_are_left_would_have_come_to() {
        let ledger = [
            bid(1, 1, 10_000, 20_000),
            bid(2, 2, 10_500, 30_000),
            bid(3, 3, 25_000, 40_000),
            bid(4, 4, 31_000, 60_000),
        ];
        let mut asked = vec![4];
        let mut offers = Vec::new();
        while let Some((who, price)) = next_offer(&lot(), &ledger, &asked) {
            offers.push((who, price));
            asked.push(who);
        }
        assert_eq!(offers, [(3, 30_500), (2, 20_500), (1, 10_000)]);
    }

    #[test]
    fn a_fourth_is_not_asked() {
        let ledger: Vec<_> =
            (1..6).map(|who| bid(who, who.into(), 10_000 * i64::from(who), 0)).collect();
        assert_eq!(next_offer(&lot(), &ledger, &[5, 4, 3, 2]), None);
    }

    #[test]
    fn nobody_is_asked_for_less_than_the_reserve() {
        let lot = Lot { reserve: Some(50_000), ..lot() };
        let ledger =
            [bid(1, 1, 10_000, 40_000), bid(2, 2, 40_500, 60_000), bid(3, 3, 61_000, 70_000)];
        assert_eq!(next_offer(&lot, &ledger, &[3]), Some((2, 50_000)));
        assert_eq!(next_offer(&lot, &ledger, &[3, 2]), None);
    }
}
