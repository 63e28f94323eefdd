//! Fees, deposits and penalties: shares of a price, rounded down to the won.

/// How a thing was sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoldBy {
    Auction,
    Exchange,
    Listing,
}

/// What a seller did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misconduct {
    /// Before the payment, or within an hour after it.
    RefusedEarly,
    /// Later, or never shipped.
    RefusedLate,
    /// Not as described.
    Mismatch,
    /// Counterfeit, or used though sold as new.
    Counterfeit,
}

/// What the seller pays to the platform, in won.
#[must_use]
pub const fn seller_fee(channel: SoldBy, price: i64) -> i64 {
    match channel {
        SoldBy::Auction => share(price, 5),
        SoldBy::Exchange | SoldBy::Listing => share(price, 3),
    }
}

/// What the buyer pays on top of the price, in won.
#[must_use]
pub const fn buyer_fee(channel: SoldBy, price: i64) -> i64 {
    match channel {
        SoldBy::Exchange => share(price, 3),
        SoldBy::Auction | SoldBy::Listing => 0,
    }
}

/// What the seller owes the buyer, in won.
#[must_use]
pub const fn penalty(misconduct: Misconduct, price: i64) -> i64 {
    match misconduct {
        Misconduct::RefusedEarly => share(price, 5),
        Misconduct::RefusedLate | Misconduct::Mismatch => share(price, 10),
        Misconduct::Counterfeit => share(price, 15),
    }
}

/// What an ask at `price` leaves as a deposit, in won.
#[must_use]
pub const fn ask_deposit(price: i64) -> i64 {
    share(price, 10)
}

/// What a card bid at `price` leaves as a deposit, in won.
#[must_use]
pub const fn card_bid_deposit(price: i64) -> i64 {
    let share = share(price, 3);
    if share < 1_000 { 1_000 } else { share }
}

/// How many bids of one buyer may wait for cards at a time.
pub const CARD_BIDS_MAX: usize = 10;

/// For how much together, in won.
pub const CARD_BIDS_WON_MAX: i64 = 30_000_000;

const fn share(price: i64, percent: i64) -> i64 {
    price * percent / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_are_rounded_down() {
        for (channel, price, seller, buyer) in [
            (SoldBy::Auction, 10_000, 500, 0),
            (SoldBy::Auction, 19, 0, 0),
            (SoldBy::Auction, 99_999, 4_999, 0),
            (SoldBy::Exchange, 33_000, 990, 990),
            (SoldBy::Listing, 33_333, 999, 0),
        ] {
            assert_eq!(seller_fee(channel, price), seller, "{channel:?} {price}");
            assert_eq!(buyer_fee(channel, price), buyer, "{channel:?} {price}");
        }
    }

    #[test]
    fn deposits_are_a_tenth_of_an_ask_and_at_least_a_thousand_of_a_card_bid() {
        for (price, ask, card) in [
            (1_000, 100, 1_000),
            (33_000, 3_300, 1_000),
            (34_000, 3_400, 1_020),
            (333_000, 33_300, 9_990),
        ] {
            assert_eq!((ask_deposit(price), card_bid_deposit(price)), (ask, card), "{price}");
        }
    }

    #[test]
    fn a_penalty_follows_what_was_done() {
        for (misconduct, due) in [
            (Misconduct::RefusedEarly, 4_999),
            (Misconduct::RefusedLate, 9_999),
            (Misconduct::Mismatch, 9_999),
            (Misconduct::Counterfeit, 14_999),
        ] {
            assert_eq!(penalty(misconduct, 99_999), due, "{misconduct:?}");
        }
    }
}
