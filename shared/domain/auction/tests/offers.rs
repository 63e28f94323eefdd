use super::*;

#[test]
fn an_offer_needs_an_amount_and_a_maximum_not_below_it() {
    let cases = [
        (0, None, Err(OfferError::AmountZero)),
        (0, Some(5), Err(OfferError::AmountZero)),
        (1, None, Ok((1, 1))),
        (2, Some(1), Err(OfferError::MaximumBelowAmount)),
        (2, Some(0), Err(OfferError::MaximumBelowAmount)),
        (2, Some(2), Ok((2, 2))),
        (2, Some(3), Ok((2, 3))),
        (1, Some(Won::MAX.get()), Ok((1, Won::MAX.get()))),
    ];
    for (amount, maximum, due) in cases {
        let made = Offer::new(won(amount), maximum.map(won));
        let made = made.map(|offer| (offer.amount().get(), offer.maximum().get()));
        assert_eq!(made, due, "{amount} up to {maximum:?}");
    }
}
